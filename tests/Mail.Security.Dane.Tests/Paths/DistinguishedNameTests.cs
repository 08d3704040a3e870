using System.Text;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Mail.Security.Dane.Tests.Paths;

/// <summary>Names are compared by what they say, whatever kind of string says it.</summary>
[Trait("rfc", "5280#7.1")]
public sealed class DistinguishedNameTests
{
    public static TheoryData<string> Kinds => ["utf8", "printable", "ia5", "bmp", "universal", "visible", "t61"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void IsSameAs_AnyKindOfString_CaseAndSpaceDoNotCount(string kind)
    {
        Assert.True(Name(kind, "Evil  Org").IsSameAs(Name("utf8", " evil org")));
        Assert.True(Name("utf8", "evil org").IsWithin(Name(kind, "EVIL ORG")));
        Assert.False(Name(kind, "Evil Org").IsSameAs(Name("utf8", "evilorg")));
    }

    [Fact]
    public void IsSameAs_TheTextOfOctets_IsNotTheOctets() =>
        Assert.False(Name("utf8", "#" + Convert.ToHexString(new DerUniversalString(Encoding.BigEndianUnicode.GetBytes("\0a")).GetEncoded())).IsSameAs(Name("universal", "a")));

    private static DistinguishedName Name(string kind, string text)
    {
        Asn1Encodable value = kind switch
        {
            "utf8" => new DerUtf8String(text),
            "printable" => new DerPrintableString(text),
            "ia5" => new DerIA5String(text),
            "bmp" => new DerBmpString(text),
            "visible" => new DerVisibleString(text),
            "t61" => new DerT61String(text),
            _ => new DerUniversalString(new UTF32Encoding(bigEndian: true, byteOrderMark: false).GetBytes(text)),
        };
        var name = DistinguishedName.TryRead(X509Name.GetInstance(new DerSequence(new DerSet(new DerSequence(X509Name.O, value)))));
        Assert.NotNull(name);
        return name;
    }
}
