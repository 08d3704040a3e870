using DaneCheck.Keys;
using Mail.Security.Dane;

namespace DaneCheck.Checking;

/// <summary>Compares the records of a host with a key that is to be its next one.</summary>
internal static class NextKeyCheck
{
    public static NextKeyReport Run(KeyMaterial next, DaneDecision? decision, ushort port) => decision switch
    {
        DaneDecision.Authenticate(var policy) => Compare(next, policy, port),
        DaneDecision.Defer => new() { File = next.File, Verdict = CheckVerdict.Unknown, Sentence = "what records there are is not known" },
        _ => new() { File = next.File, Verdict = CheckVerdict.Unprotected, Sentence = "there are no secure, usable TLSA records that could match or fail to" },
    };

    private static NextKeyReport Compare(KeyMaterial next, DanePolicy policy, ushort port)
    {
        var uncovered = next.Certificates.Count > 0 ? Coverage.Uncovered(policy, port, next.Certificates) : Coverage.Uncovered(policy, next);
        if (uncovered.Count == 0)
            return new() { File = next.File, Verdict = CheckVerdict.Verified, Sentence = $"{next.Name} is matched by every form of record: it may be put in place once these have been published for two times their TTL" };
        var publish = uncovered.SelectMany(one => RecordMaking.Make(next, one.Form)).Select(made => RecordMaking.Line(policy.Owner.Ascii, made.Record)).ToList();
        var forms = string.Join("; ", uncovered.Select(static one => $"{one.Form}: {one.Why}"));
        return new()
        {
            File = next.File,
            Verdict = CheckVerdict.Failed,
            Sentence = $"{next.Name} is not to be put in place yet ({forms}){(publish.Count > 0 ? ": publish the records below beside those that are there, and wait two times their TTL" : "")}",
            Publish = publish,
        };
    }
}
