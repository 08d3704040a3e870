using Mail.Security.Dnssec;

namespace Interop.Tests.Dane;

/// <summary>How a case departs from a server that does everything right.</summary>
internal enum DaneFault
{
    None,
    LeafExpired,

    /// <summary>The record is that of a stranger.</summary>
    WrongKey,

    /// <summary>The last octet of the record's data is missing.</summary>
    TruncatedData,

    /// <summary>The issuers are sent from the top down.</summary>
    Shuffled,

    /// <summary>A second record, of a stranger and with the stronger digest, stands beside the right one.</summary>
    StrangerBeside,
}

/// <summary>One combination of the matrix.</summary>
/// <param name="Issuers">How many certificates stand above that of the server; with none it signed its own.</param>
/// <param name="Target">The place in the chain the record speaks of, the server's certificate being 0.</param>
/// <param name="IsSent">Whether the certificate at that place is sent, where it is not the server's own.</param>
/// <param name="IsNamed">Whether the server's certificate has the name.</param>
internal sealed record DaneCase(int Usage, int Selector, int Matching, int Issuers, int Target, bool IsSent, bool IsNamed, DaneFault Fault)
{
    public static IEnumerable<DaneCase> All() =>
        from usage in new[] { 0, 1, 2, 3, 255 }
        from selector in new[] { 0, 1 }
        from matching in new[] { 0, 1, 2 }
        from issuers in new[] { 0, 1, 2, 3 }
        from target in Targets(usage, issuers)
        from sent in target == 0 ? [true] : new[] { true, false }
        from named in new[] { true, false }
        from fault in Enum.GetValues<DaneFault>()
        where fault != DaneFault.Shuffled || issuers > 1
        where fault != DaneFault.StrangerBeside || matching == (int)TlsaMatching.Sha256 || usage == 3
        select new DaneCase(usage, selector, matching, issuers, target, sent, named, fault);

    // Usages that speak of an issuer are tried with each, and the usages that speak of the server also with the topmost: that must not match.
    private static IEnumerable<int> Targets(int usage, int issuers) => (usage switch
    {
        0 or 2 => Enumerable.Range(0, issuers + 1),
        1 or 3 => [0, issuers],
        _ => [0],
    }).Distinct();
}
