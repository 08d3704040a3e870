using Org.BouncyCastle.Asn1.X509;

namespace Mail.Security.Dane;

/// <summary>How a name stands to a subtree.</summary>
internal enum SubtreeMatch : byte
{
    /// <summary>It cannot be told: then it is in what is excluded, and not in what is permitted.</summary>
    Unclear = 0,

    Outside,

    Inside,
}

/// <summary>One subtree of a name constraint (RFC 5280 §4.2.1.10).</summary>
/// <param name="Base">The name at its top.</param>
/// <param name="HasDistances">True when it has a minimum or maximum, which the profile does not use.</param>
internal sealed record NameSubtree(ConstrainedName Base, bool HasDistances)
{
    /// <summary>How much of <see cref="DaneLimits.NameComparisons"/> a comparison takes.</summary>
    public int Cost => 1 + (Base.Directory?.Parts.Count ?? 0);

    /// <summary>Compares a name of the same form.</summary>
    public SubtreeMatch Match(ConstrainedName name) => HasDistances ? SubtreeMatch.Unclear : Base.Form switch
    {
        GeneralName.DnsName => MatchHost(name, isDomain: true),
        // One mailbox, all of a host, or all of a domain. The local part is the host's own matter, and its case counts.
        GeneralName.Rfc822Name when Base.Local is { Length: 0 } => SubtreeMatch.Unclear,
        GeneralName.Rfc822Name => Base.Local is not null && name.Local is not null && !Base.Local.Equals(name.Local, StringComparison.Ordinal) ? SubtreeMatch.Outside : MatchHost(name, isDomain: false),
        // A URI that has no host by name cannot be told (RFC 5280 §4.2.1.10).
        GeneralName.UniformResourceIdentifier => MatchHost(name, isDomain: false),
        GeneralName.IPAddress => MatchAddress(name.Octets),
        GeneralName.DirectoryName => If(name.Directory!.IsWithin(Base.Directory!)),
        _ => SubtreeMatch.Unclear,                              // what is not known here must not pass (RFC 5280 §4.2.1.10)
    };

    // A DNS name of no length is satisfied by all: it is how an authority says "no DNS names at all"; of other forms it is none. With a dot in front only what is below counts.
    private SubtreeMatch MatchHost(ConstrainedName name, bool isDomain)
    {
        if (name.Host is not { } host || Base.Host is not { } top || top == ".")
            return SubtreeMatch.Unclear;                        // no name
        if (top.Length == 0)
            return isDomain ? SubtreeMatch.Inside : SubtreeMatch.Unclear;
        if (top[0] == '.')
            return If(host.Length > top.Length && host.EndsWith(top, StringComparison.OrdinalIgnoreCase));
        return If(host.Equals(top, StringComparison.OrdinalIgnoreCase)
            || isDomain && host.Length > top.Length && host[^(top.Length + 1)] == '.' && host.EndsWith(top, StringComparison.OrdinalIgnoreCase));
    }

    // An address and a mask, both of four or both of sixteen octets.
    private SubtreeMatch MatchAddress(byte[] address)
    {
        var length = Base.Octets.Length / 2;
        if (length is not (4 or 16) || Base.Octets.Length % 2 != 0 || address.Length is not (4 or 16))
            return SubtreeMatch.Unclear;
        if (address.Length != length)
            return SubtreeMatch.Outside;
        for (var at = 0; at < length; at++)
        {
            if (((address[at] ^ Base.Octets[at]) & Base.Octets[length + at]) != 0)
                return SubtreeMatch.Outside;
        }
        return SubtreeMatch.Inside;
    }

    private static SubtreeMatch If(bool isInside) => isInside ? SubtreeMatch.Inside : SubtreeMatch.Outside;
}
