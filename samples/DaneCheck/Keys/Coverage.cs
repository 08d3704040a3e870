using System.Security.Cryptography.X509Certificates;
using Mail.Security;
using Mail.Security.Dane;

namespace DaneCheck.Keys;

/// <summary>Which forms of the published records match a chain. Each that is published must, for not every client knows each (RFC 7671 §8).</summary>
internal static class Coverage
{
    /// <summary>The forms without a record for the certificates of a server, each with why.</summary>
    public static IReadOnlyList<(RecordForm Form, string Why)> Uncovered(DanePolicy policy, ushort port, IReadOnlyList<X509Certificate2> presented)
    {
        var uncovered = new List<(RecordForm, string)>();
        foreach (var records in policy.Usable.GroupBy(RecordForm.Of))
        {
            var alone = DanePolicy.Create(policy.TlsaBase, port, records, policy.ReferenceNames);
            if (new DaneVerifier(alone).Verify(new PeerCertificates(presented)) is PeerVerdict.Rejected(var reason, var detail))
                uncovered.Add((records.Key, reason == PeerRejection.NoTlsaMatch ? "no record matches" : $"{reason}: {detail}"));
        }
        return uncovered;
    }

    /// <summary>The same of a key that has no certificate yet; of forms that look at one nothing can be said.</summary>
    public static IReadOnlyList<(RecordForm Form, string Why)> Uncovered(DanePolicy policy, KeyMaterial key)
    {
        var uncovered = new List<(RecordForm, string)>();
        foreach (var records in policy.Usable.GroupBy(RecordForm.Of))
        {
            if (RecordMaking.Make(key, records.Key) is not [var (made, _)])
                uncovered.Add((records.Key, "only its certificate tells"));
            else if (!records.Contains(made))
                uncovered.Add((records.Key, "no record matches"));
        }
        return uncovered;
    }
}
