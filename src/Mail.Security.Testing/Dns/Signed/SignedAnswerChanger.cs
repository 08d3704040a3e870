namespace Mail.Security.Testing;

/// <summary>Makes an answer depart from the right one.</summary>
internal sealed class SignedAnswerChanger(IReadOnlyDictionary<ZoneName, SignedZone> zones, DateTimeOffset now)
{
    public SignedDnsAnswer Depart(SignedDnsAnswer answer, SignedAnswerFault fault) => fault switch
    {
        SignedAnswerFault.MissingSignatures(var covered) => answer.Select(record => Covers(record, covered) ? null : record),
        SignedAnswerFault.MissingRecords(var type) => answer.Select(record => record.Type == type || record.Covered == type ? null : record),
        SignedAnswerFault.Stripped => answer.Select(static record => record.Type is DnsRecordType.Rrsig or DnsRecordType.Nsec or DnsRecordType.Nsec3 ? null : record),
        SignedAnswerFault.CorruptSignatures(var covered) => answer.Select(record => Covers(record, covered) ? record with { Data = (byte[])[.. record.Data.Span[..^1], (byte)(record.Data.Span[^1] ^ 1)] } : record),
        SignedAnswerFault.Resigned(var change, var covered) => new(answer.Code, [.. Resign(answer.Answers, change, covered)], [.. Resign(answer.Authority, change, covered)]),
        SignedAnswerFault.Edited(var change) => new(answer.Code, [.. Edit(answer.Answers, change)], [.. Edit(answer.Authority, change)]),
        SignedAnswerFault.Rewritten(var change) => change(answer),
        SignedAnswerFault.OtherTtl(var ttl) => answer.Select(record => record with { Ttl = ttl }),
        SignedAnswerFault.Shuffled(var seed) => answer with { Answers = Shuffle(answer.Answers, seed), Authority = Shuffle(answer.Authority, seed) },
        SignedAnswerFault.OtherCase => answer.Select(Shout),
        SignedAnswerFault.Duplicated => answer with { Answers = [.. answer.Answers, .. answer.Answers], Authority = [.. answer.Authority, .. answer.Authority] },
        SignedAnswerFault.DenialOf(var name, var type) => answer with { Authority = Build(name, type).Authority },
        SignedAnswerFault.AnswerOf(var name, var type) => Build(name, type),
        _ => answer,
    };

    private SignedDnsAnswer Build(string name, DnsRecordType type) => new SignedAnswerBuilder(zones, now).Build(ZoneName.Parse(name), type);

    private static bool Covers(SignedDnsRecord record, DnsRecordType covered) =>
        record.Type == DnsRecordType.Rrsig && (covered == DnsRecordType.None || record.Covered == covered);

    // Each signature in place of the one it was, by the same key where none is named.
    private IEnumerable<SignedDnsRecord> Resign(IReadOnlyList<SignedDnsRecord> section, SignatureChange change, DnsRecordType covered)
    {
        foreach (var record in section)
        {
            if (Covers(record, covered) && zones.TryGetValue(record.Signer, out var zone)
                && (change.Key ?? zone.Keys.Select(static one => one.Key).FirstOrDefault(key => key.Tag == record.KeyTag && key.Algorithm == record.Data.Span[2])) is { } key)
            {
                yield return RecordSigner.Sign(SetOf(section, record), record.SignedLabels, zone, key, change, now);
            }
            else
            {
                yield return record;
            }
        }
    }

    private IEnumerable<SignedDnsRecord> Edit(IReadOnlyList<SignedDnsRecord> section, Func<SignedDnsRecord, SignedDnsRecord?> change)
    {
        var edited = section.Where(static record => record.Type != DnsRecordType.Rrsig).Select(change).OfType<SignedDnsRecord>().ToList();
        var signatures = section.Where(static record => record.Type == DnsRecordType.Rrsig).DistinctBy(static record => (record.Owner, record.Covered));
        return edited.Concat(signatures.SelectMany(signature => SetOf(edited, signature) is { Count: > 0 } set && zones.TryGetValue(signature.Signer, out var zone)
            ? RecordSigner.Sign(set, signature.SignedLabels, zone, now) : []));
    }

    private static List<SignedDnsRecord> SetOf(IEnumerable<SignedDnsRecord> section, SignedDnsRecord signature) =>
        [.. section.Where(record => record.Type == signature.Covered && record.Owner == signature.Owner)];

    private static SignedDnsRecord[] Shuffle(IReadOnlyList<SignedDnsRecord> section, int seed)
    {
        var mixed = section.ToArray();
#pragma warning disable CA5394 // An order that can be repeated, not a secret.
        new Random(seed).Shuffle(mixed);
#pragma warning restore CA5394
        return mixed;
    }

    // RFC 4034 §6.2: the names in these are compared in lower case; NSEC keeps the case of its own (RFC 6840 §5.1).
    private static SignedDnsRecord Shout(SignedDnsRecord record)
    {
        var data = record.Data.ToArray();
        var at = record.Type switch
        {
            DnsRecordType.Ns or DnsRecordType.Cname or DnsRecordType.Ptr or DnsRecordType.Dname or DnsRecordType.Soa => 0,
            DnsRecordType.Mx => 2,
            DnsRecordType.Srv => 6,
            DnsRecordType.Rrsig => 18,
            _ => data.Length,
        };
        for (var names = record.Type == DnsRecordType.Soa ? 2 : 1; names > 0 && at < data.Length; names--)
        {
            for (; data[at] != 0; at += data[at] + 1)
                Shout(data.AsSpan(at + 1, data[at]));
            at++;
        }
        return record with { Data = data, IsShouted = true };
    }

    internal static void Shout(Span<byte> letters)
    {
        foreach (ref var octet in letters)
        {
            if (octet is >= (byte)'a' and <= (byte)'z')
                octet -= 0x20;
        }
    }
}
