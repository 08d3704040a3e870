using System.Globalization;
using DnsClient.Protocol;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Mail.Security.Fuzz.Targets;

/// <summary>Signed answers changed record by record: the first octet names the question, every five after it one change to one of the answers on the way, or to the octets of its message.</summary>
internal static class ValidatorTarget
{
    private const int MaxChanges = 24;
    private const int StepLength = 5;
    private const int FirstOctetChange = 240;

    public static void Run(byte[] input)
    {
        ReadRecords(input);
        if (input.Length == 0)
            return;
        Check.That(ValidatorTruths.All.All(static truth => truth.StartsWith("Secure", StringComparison.Ordinal)), "every answer is secure when nobody changes it");
        var index = input[0] % ValidatorBench.Questions.Count;
        var changes = input.AsSpan(1).ToArray().Chunk(StepLength).Where(static step => step.Length == StepLength).Take(MaxChanges).ToArray();
        var answer = ValidatorBench.Judge(ValidatorBench.Questions[index], (count, right) => changes.Where(step => step[0] % 8 == count && step[1] < FirstOctetChange).Aggregate(right, Change),
            (count, octets) => changes.Where(step => step[0] % 8 == count && step[1] >= FirstOctetChange).Aggregate(octets, Spoil));
        if (answer is not null)
            Check.Equal(ValidatorTruths.All[index], ValidatorBench.Tell(answer), "what is secure is what was signed, and nothing below a signed zone becomes insecure");
    }

    // The message as it is on the wire, compressed names and all.
    private static byte[] Spoil(byte[] octets, byte[] step)
    {
        octets[(step[2] << 8 | step[3]) % octets.Length] ^= (byte)(step[4] == 0 ? 1 : step[4]);
        return octets;
    }

    private static SignedDnsAnswer Change(SignedDnsAnswer answer, byte[] step)
    {
        var (all, at) = (answer.Answers.Concat(answer.Authority).ToList(), answer.Answers.Count);
        var other = ValidatorBench.Right(ValidatorBench.Questions[step[4] % ValidatorBench.Questions.Count]);
        var others = other.Answers.Concat(other.Authority).ToArray();
        var which = all.Count == 0 ? -1 : step[2] % all.Count;
        switch (step[1] % 12)
        {
            case 0:
                return answer with { Code = step[4] % 2 * 3 };
            case 1:
                return other;
            case 2:
                return answer with { Authority = other.Authority };
            case 3:
                return answer with { Authority = [.. answer.Authority, .. other.Authority] };
            case 4:
                return answer with { Answers = [.. answer.Answers, .. others] };
            case 5:
                return answer with { Answers = answer.Authority, Authority = answer.Answers };
            case 6 when which >= 0:
                return Split(all.Where((_, number) => number != which), which < at ? at - 1 : at);
            case 7 when which >= 0:     // under another name, as from a wildcard
                return Replace(all[which] with { Owner = others.Length > 0 ? others[step[3] % others.Length].Owner : "." });
            case 8 when which >= 0:
                return Replace(all[which] with { Ttl = TimeSpan.FromSeconds(step[3] << 16 | step[4]) });
            case 9 when which >= 0 && all[which].Data.Length > 0:
                return Replace(all[which] with { Data = Flip(all[which].Data.ToArray()) });
            case 10 when which >= 0:
                return Replace(all[which] with { Data = all[which].Data[..(step[3] % (all[which].Data.Length + 1))] });
            case 11 when which >= 0:
                return Replace(all[which] with { Data = (byte[])[.. all[which].Data.Span, step[4]] });
            default:
                return answer;
        }

        SignedDnsAnswer Split(IEnumerable<SignedDnsRecord> records, int answers) => new(answer.Code, [.. records.Take(answers)], [.. records.Skip(answers)]);

        SignedDnsAnswer Replace(SignedDnsRecord record) => Split(all.Select((old, number) => number == which ? record : old), at);

        byte[] Flip(byte[] data)
        {
            data[step[3] % data.Length] ^= (byte)(step[4] == 0 ? 1 : step[4]);
            return data;
        }
    }

    private static void ReadRecords(byte[] input)
    {
        if (DnsKeyData.TryRead(input, out var key))
        {
            Check.That(!key.Key.Verify(input, input), "nobody signed that");
            Check.Equal(key.Tag, DnsKeyData.TryRead(input, out var again) ? again.Tag : -1, "a key has one tag");
        }
        if (DsData.TryRead(input, out var signer))
            Check.That(key is null || !signer.Fits(CanonicalName.Root, key), "no record is the digest of itself");
        if (NsecData.TryRead(CanonicalName.Root, input, out var nsec))
        {
            Check.That(!nsec.Covers(nsec.Owner), "no gap holds its own beginning");
            _ = nsec.Types.Has((ResourceRecordType)input[^1]);
        }
        var owner = CanonicalName.Root.WithLabel("00000000000000000000000000000000"u8)!;
        if (Nsec3Data.TryRead(owner, input, out var hashed))
        {
            Check.That(hashed.Matches(hashed.Hash) && !hashed.Covers(hashed.Hash), "no gap holds its own beginning");
            Check.That(hashed.Hash.Length == 20 && hashed.Next.Length == 20 && hashed.Salt.Length <= 255, "hashes have their length");
        }
        if (!CanonicalName.TryRead(input, out var name))
            return;
        Check.That(name.IsAtOrBelow(CanonicalName.Root) && name.CompareTo(name) == 0 && CanonicalName.CommonAncestor(name, owner).Labels <= name.Labels, "a name has its place below the root");
        Check.That(!name.ToString().Any(char.IsControl), string.Create(CultureInfo.InvariantCulture, $"a name of {name.Labels} labels can be logged"));
    }
}
