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
        GeneralName.DnsName => MatchHost(name.Text, WithoutLastDot(Base.Text), isDomain: true),
        GeneralName.Rfc822Name => MatchMailbox(name.Text),
        GeneralName.UniformResourceIdentifier => MatchUri(name.Text),
        GeneralName.IPAddress => MatchAddress(name.Octets),
        GeneralName.DirectoryName => If(name.Directory!.IsWithin(Base.Directory!)),
        _ => SubtreeMatch.Unclear,                              // what is not known here must not pass (RFC 5280 §4.2.1.10)
    };

    // A name of no length is satisfied by all: it is how an authority says "no DNS names at all". With a dot in front only what is below counts.
    private static SubtreeMatch MatchHost(string host, string top, bool isDomain)
    {
        host = WithoutLastDot(host);
        if (top.Length == 0)
            return SubtreeMatch.Inside;
        if (top == ".")
            return SubtreeMatch.Unclear;                        // no name
        if (top[0] == '.')
            return If(host.Length > top.Length && host.EndsWith(top, StringComparison.OrdinalIgnoreCase));
        return If(host.Equals(top, StringComparison.OrdinalIgnoreCase)
            || isDomain && host.Length > top.Length && host[^(top.Length + 1)] == '.' && host.EndsWith(top, StringComparison.OrdinalIgnoreCase));
    }

    // One mailbox, all of a host, or all of a domain. The local part is the host's own matter, and its case counts.
    private SubtreeMatch MatchMailbox(string mailbox)
    {
        var at = mailbox.LastIndexOf('@');
        if (at < 0)
            return SubtreeMatch.Unclear;
        var baseAt = Base.Text.LastIndexOf('@');
        if (baseAt >= 0 && !mailbox.AsSpan(0, at).SequenceEqual(Base.Text.AsSpan(0, baseAt)))
            return SubtreeMatch.Outside;
        return MatchHost(mailbox[(at + 1)..], Base.Text[(baseAt + 1)..], isDomain: false);
    }

    // The host of a URI that has one by name; any other cannot be told.
    private SubtreeMatch MatchUri(string uri) => Uri.TryCreate(uri, UriKind.Absolute, out var read) && read.HostNameType == UriHostNameType.Dns
        ? MatchHost(read.IdnHost, Base.Text, isDomain: false)
        : SubtreeMatch.Unclear;

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

    private static string WithoutLastDot(string name) => name.Length > 1 && name[^1] == '.' ? name[..^1] : name;

    private static SubtreeMatch If(bool isInside) => isInside ? SubtreeMatch.Inside : SubtreeMatch.Outside;
}
