using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mail.Security.Dane.Tests;

/// <summary>Name constraints and alternative names of every form, faulty ones included.</summary>
internal static class NameExtensions
{
    public const int Mailbox = 1;
    public const int Dns = 2;
    public const int DirectoryName = 4;
    public const int UriName = 6;
    public const int Address = 7;
    public const int Registered = 8;

    public static X509Extension Permitted(params (int Form, string Value)[] subtrees) => Constraints(subtrees, []);

    public static X509Extension Excluded(params (int Form, string Value)[] subtrees) => Constraints([], subtrees);

    public static X509Extension Constraints((int Form, string Value)[] permitted, (int Form, string Value)[] excluded, int? maximum = null)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var (tag, subtrees) in new[] { (0, permitted), (1, excluded) }.Where(static one => one.Item2.Length > 0))
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, tag, true)))
                {
                    foreach (var subtree in subtrees)
                    {
                        using (writer.PushSequence())
                        {
                            Write(writer, subtree);
                            if (maximum is { } most)
                                writer.WriteInteger(most, new Asn1Tag(TagClass.ContextSpecific, 1));
                        }
                    }
                }
            }
        }
        return new("2.5.29.30", writer.Encode(), critical: true);
    }

    public static X509Extension Alternatives(params (int Form, string Value)[] names)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var name in names)
                Write(writer, name);
        }
        return new("2.5.29.17", writer.Encode(), critical: false);
    }

    // Addresses in hexadecimal, names as X500DistinguishedName reads them, object identifiers with dots; the rest as it is.
    private static void Write(AsnWriter writer, (int Form, string Value) name)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, name.Form);
        switch (name.Form)
        {
            case Address:
                writer.WriteOctetString(Convert.FromHexString(name.Value), tag);
                break;
            case Registered:
                writer.WriteObjectIdentifier(name.Value, tag);
                break;
            case DirectoryName:
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, name.Form, true)))
                    writer.WriteEncodedValue(new X500DistinguishedName(name.Value).RawData);
                break;
            default:
                writer.WriteOctetString(Encoding.Latin1.GetBytes(name.Value), tag);
                break;
        }
    }
}
