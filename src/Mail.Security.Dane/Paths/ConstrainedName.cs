using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Mail.Security.Dane;

/// <summary>A name of a certificate, or the base of a subtree, taken apart once for many comparisons.</summary>
/// <param name="Form">The form, as <see cref="GeneralName"/> numbers them.</param>
internal sealed record ConstrainedName(int Form)
{
    /// <summary>The host of a name that has one: all of a DNS name, the part behind the @ of a mailbox, that of a URI. Null where there is none.</summary>
    public string? Host { get; private init; }

    /// <summary>What stands before the @ of a mailbox; null where there is none.</summary>
    public string? Local { get; private init; }

    /// <summary>The octets of an address, with a mask behind them in a base; empty otherwise.</summary>
    public byte[] Octets { get; private init; } = [];

    /// <summary>The distinguished name where it is one.</summary>
    public DistinguishedName? Directory { get; private init; }

    /// <summary>Reads a name of a certificate; null when it is over <see cref="DaneLimits"/>.</summary>
    public static ConstrainedName? TryRead(GeneralName name) => name.TagNo switch
    {
        GeneralName.Rfc822Name => Text(name) is { } mailbox ? OfMailbox(mailbox) : null,
        GeneralName.UniformResourceIdentifier => Text(name) is { } uri
            ? new(name.TagNo) { Host = Uri.TryCreate(uri, UriKind.Absolute, out var read) && read.HostNameType == UriHostNameType.Dns ? WithoutLastDot(read.IdnHost) : null }
            : null,
        _ => TryReadBoth(name),
    };

    /// <summary>Reads the base of a subtree; null when it is over <see cref="DaneLimits"/>. A mailbox may be a host or domain alone, and a URI always is.</summary>
    public static ConstrainedName? TryReadBase(GeneralName name) => name.TagNo switch
    {
        GeneralName.Rfc822Name => Text(name) is { } text ? text.Contains('@', StringComparison.Ordinal) ? OfMailbox(text) : OfHost(name.TagNo, text) : null,
        GeneralName.UniformResourceIdentifier => Text(name) is { } text ? OfHost(name.TagNo, text) : null,
        _ => TryReadBoth(name),
    };

    public static ConstrainedName OfHost(int form, string host) => new(form) { Host = WithoutLastDot(host) };

    public static ConstrainedName OfMailbox(string mailbox)
    {
        var at = mailbox.LastIndexOf('@');
        return at < 0 ? new(GeneralName.Rfc822Name) : new(GeneralName.Rfc822Name) { Local = mailbox[..at], Host = WithoutLastDot(mailbox[(at + 1)..]) };
    }

    public static ConstrainedName Of(DistinguishedName name) => new(GeneralName.DirectoryName) { Directory = name };

    private static ConstrainedName? TryReadBoth(GeneralName name) => name.TagNo switch
    {
        GeneralName.DnsName => Text(name) is { } text ? OfHost(name.TagNo, text) : null,
        GeneralName.IPAddress => new(name.TagNo) { Octets = Asn1OctetString.GetInstance(name.Name).GetOctets() },
        GeneralName.DirectoryName => DistinguishedName.TryRead(X509Name.GetInstance(name.Name)) is { } directory ? Of(directory) : null,
        _ => new(name.TagNo),
    };

    private static string? Text(GeneralName name) => DerIA5String.GetInstance(name.Name).GetString() is { Length: <= DaneLimits.NameOctets } text ? text : null;

    private static string WithoutLastDot(string name) => name.Length > 1 && name[^1] == '.' ? name[..^1] : name;
}
