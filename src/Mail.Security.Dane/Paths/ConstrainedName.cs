using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Mail.Security.Dane;

/// <summary>A name of a certificate, or the base of a subtree, read once for many comparisons.</summary>
/// <param name="Form">The form, as <see cref="GeneralName"/> numbers them.</param>
/// <param name="Text">The name where the form is one of letters; empty otherwise.</param>
/// <param name="Octets">The octets of an address; empty otherwise.</param>
/// <param name="Directory">The distinguished name where it is one.</param>
internal sealed record ConstrainedName(int Form, string Text, byte[] Octets, DistinguishedName? Directory)
{
    /// <summary>Reads a name; null when it is a distinguished name over <see cref="DaneLimits"/>.</summary>
    public static ConstrainedName? TryRead(GeneralName name) => name.TagNo switch
    {
        GeneralName.DnsName or GeneralName.Rfc822Name or GeneralName.UniformResourceIdentifier => Of(name.TagNo, DerIA5String.GetInstance(name.Name).GetString()),
        GeneralName.IPAddress => new(name.TagNo, "", Asn1OctetString.GetInstance(name.Name).GetOctets(), null),
        GeneralName.DirectoryName => DistinguishedName.TryRead(X509Name.GetInstance(name.Name)) is { } directory ? Of(directory) : null,
        _ => new(name.TagNo, "", [], null),
    };

    public static ConstrainedName Of(int form, string text) => new(form, text, [], null);

    public static ConstrainedName Of(DistinguishedName name) => new(GeneralName.DirectoryName, "", [], name);
}
