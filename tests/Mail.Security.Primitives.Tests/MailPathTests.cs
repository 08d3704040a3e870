using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Mail.Security.Tests;

public sealed class MailPathTests
{
    private static readonly string Local128 = new('l', 128);

    [Theory]
    [InlineData("user@example.com", "user", "example.com", "user@example.com")]
    [InlineData("User+Tag@EXAMPLE.com", "User+Tag", "example.com", "User+Tag@example.com")]
    [InlineData("a.b.c@example.com", "a.b.c", "example.com", "a.b.c@example.com")]
    [InlineData("!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~", "example.com", "!#$%&'*+-/=?^_`{|}~@example.com")]
    [InlineData("\"user\"@example.com", "user", "example.com", "user@example.com")]            // least quoting
    [InlineData("\"Joe\\,Smith\"@example.com", "Joe,Smith", "example.com", "\"Joe,Smith\"@example.com")]
    [InlineData("\"a b\"@example.com", "a b", "example.com", "\"a b\"@example.com")]
    [InlineData("\"a@b\"@example.com", "a@b", "example.com", "\"a@b\"@example.com")]
    [InlineData("\"a\\\"b\\\\\"@example.com", "a\"b\\", "example.com", "\"a\\\"b\\\\\"@example.com")]
    [InlineData("\"a..b\"@example.com", "a..b", "example.com", "\"a..b\"@example.com")]
    [InlineData("\"\"@example.com", "", "example.com", "\"\"@example.com")]
    [InlineData("\"<>\"@example.com", "<>", "example.com", "\"<>\"@example.com")]
    [InlineData("user@bücher.example", "user", "xn--bcher-kva.example", "user@xn--bcher-kva.example")]
    [InlineData("ünï@example.com", "ünï", "example.com", "ünï@example.com")]
    [InlineData("u\u0308@example.com", "ü", "example.com", "ü@example.com")]                    // form C
    [InlineData("\"ü b\"@example.com", "ü b", "example.com", "\"ü b\"@example.com")]
    [InlineData("用户@例え.テスト", "用户", "xn--r8jz45g.xn--zckzah", "用户@xn--r8jz45g.xn--zckzah")]
    [Trait("rfc", "5321#4.1.2")]
    [Trait("rfc", "6531#3.3")]
    public void TryParse_Addresses_AreReadAndWrittenWithLeastQuoting(string text, string local, string domain, string written)
    {
        Assert.True(MailPath.TryParse(text, out var path, out var fault));
        Assert.Equal((local, domain, written, MailPathFault.None), (path.LocalPart, path.Domain.Ascii, path.ToString(), fault));
        Assert.Equal(!local.All(char.IsAscii), path.NeedsSmtpUtf8);
        Assert.Equal(domain, path.RecipientDomain!.Value.Name.Ascii);
        Assert.False(path.IsNull || path.IsBarePostmaster);
    }

    [Theory]
    [InlineData("u@[192.0.2.1]", "192.0.2.1", "u@[192.0.2.1]")]
    [InlineData("u@[IPv6:2001:db8::1]", "2001:db8::1", "u@[IPv6:2001:db8::1]")]
    [InlineData("u@[ipv6:2001:DB8:0:0::1]", "2001:db8::1", "u@[IPv6:2001:db8::1]")]
    [InlineData("u@[IPv6:::ffff:192.0.2.1]", "::ffff:192.0.2.1", "u@[IPv6:::ffff:192.0.2.1]")]
    [Trait("rfc", "5321#4.1.3")]
    public void TryParse_AddressLiterals_AreAddresses(string text, string address, string written)
    {
        Assert.True(MailPath.TryParse(text, out var path));
        Assert.Equal((IPAddress.Parse(address), written), (path.AddressLiteral, path.ToString()));
        Assert.True(path.Domain.IsEmpty && path.RecipientDomain is null && !path.IsBarePostmaster);
    }

    [Theory]
    [InlineData(null, MailPathFault.Empty)]
    [InlineData("", MailPathFault.Empty)]
    [InlineData("user", MailPathFault.MissingDomain)]
    [InlineData("postmaster", MailPathFault.MissingDomain)]
    [InlineData("user@", MailPathFault.MissingDomain)]
    [InlineData("@example.com", MailPathFault.InvalidLocalPart)]
    [InlineData("@one,@two:user@example.com", MailPathFault.InvalidLocalPart)]
    [InlineData("<user@example.com>", MailPathFault.InvalidLocalPart)]
    [InlineData("a b@example.com", MailPathFault.InvalidLocalPart)]
    [InlineData(".a@example.com", MailPathFault.InvalidLocalPart)]
    [InlineData("a.@example.com", MailPathFault.InvalidLocalPart)]
    [InlineData("a..b@example.com", MailPathFault.InvalidLocalPart)]
    [InlineData("a\"b@example.com", MailPathFault.InvalidLocalPart)]
    [InlineData("\"a@example.com", MailPathFault.InvalidLocalPart)]
    [InlineData("\"a\"b@example.com", MailPathFault.InvalidLocalPart)]
    [InlineData("\"a\\", MailPathFault.InvalidLocalPart)]
    [InlineData("\"a\\ü\"@example.com", MailPathFault.InvalidLocalPart)]
    [InlineData("user@a@b", MailPathFault.InvalidDomain)]
    [InlineData("user@exa mple.com", MailPathFault.InvalidDomain)]
    [InlineData("user@example.com.", MailPathFault.InvalidDomain)]
    [InlineData("user@a_b.example", MailPathFault.InvalidDomain)]
    [InlineData("user@192.0.2.1", MailPathFault.InvalidDomain)]
    [InlineData("user@[192.0.2]", MailPathFault.InvalidAddressLiteral)]
    [InlineData("user@[192.0.2.256]", MailPathFault.InvalidAddressLiteral)]
    [InlineData("user@[192.0.2.010]", MailPathFault.InvalidAddressLiteral)]
    [InlineData("user@[0x7f.0.0.1]", MailPathFault.InvalidAddressLiteral)]
    [InlineData("user@[192.0.2.1.1]", MailPathFault.InvalidAddressLiteral)]
    [InlineData("user@[192.0.2.1", MailPathFault.InvalidAddressLiteral)]
    [InlineData("user@[192.0.2.1]x", MailPathFault.InvalidAddressLiteral)]
    [InlineData("user@[2001:db8::1]", MailPathFault.InvalidAddressLiteral)]
    [InlineData("user@[IPv6:fe80::1%1]", MailPathFault.InvalidAddressLiteral)]
    [InlineData("user@[IPv6:192.0.2.1]", MailPathFault.InvalidAddressLiteral)]
    [InlineData("user@[x400:abc]", MailPathFault.InvalidAddressLiteral)]
    [InlineData("user@[]", MailPathFault.InvalidAddressLiteral)]
    [InlineData("user@example.com\r\nRCPT", MailPathFault.ControlCharacter)]
    [InlineData("us\ner@example.com", MailPathFault.ControlCharacter)]
    [InlineData("us\0er@example.com", MailPathFault.ControlCharacter)]
    [InlineData("\"a\\\r\"@example.com", MailPathFault.ControlCharacter)]
    [InlineData("\"a\tb\"@example.com", MailPathFault.ControlCharacter)]
    [InlineData("us\u0085er@example.com", MailPathFault.ControlCharacter)]
    [InlineData("us\u2028er@example.com", MailPathFault.ControlCharacter)]
    [InlineData("us\u007Fer@example.com", MailPathFault.ControlCharacter)]
    [InlineData("us\uD800er@example.com", MailPathFault.InvalidEncoding)]
    [InlineData("us\uFFFDer@example.com", MailPathFault.InvalidEncoding)]
    [InlineData("us\uFFFEer@example.com", MailPathFault.InvalidEncoding)]              // noncharacters: normalization throws for the first
    [InlineData("us\uFFFFer@example.com", MailPathFault.InvalidEncoding)]
    [InlineData("us\uFDD0er@example.com", MailPathFault.InvalidEncoding)]
    [InlineData("us\uFDEFer@example.com", MailPathFault.InvalidEncoding)]
    [InlineData("us\U0010FFFEer@example.com", MailPathFault.InvalidEncoding)]
    [InlineData("\"\uFFFE\"@example.com", MailPathFault.InvalidEncoding)]
    [InlineData("us\u2029er@example.com", MailPathFault.ControlCharacter)]
    [InlineData("user@\uFFFE.example", MailPathFault.InvalidEncoding)]
    public void TryParse_NoAddresses_SayWhy(string? text, MailPathFault expected)
    {
        Assert.False(MailPath.TryParse(text, out var path, out var fault));
        Assert.Equal((expected, true), (fault, path.IsNull));
    }

    [Theory]
    [InlineData("", "", true, false)]
    [InlineData("Postmaster", "Postmaster", false, true)]
    [InlineData("POSTMASTER", "Postmaster", false, true)]
    [InlineData("user@example.com", "user@example.com", false, false)]
    [InlineData("@one.example,@two.example:user@example.com", "user@example.com", false, false)]
    [InlineData("@one.example:\"a:b\"@example.com", "\"a:b\"@example.com", false, false)]
    [Trait("rfc", "5321#4.1.1.3")]
    public void TryParse_WirePaths_SkipSourceRoutesAndKnowThePostmaster(string wire, string written, bool isNull, bool isPostmaster)
    {
        Assert.True(MailPath.TryParse(Encoding.UTF8.GetBytes(wire), out var path, out var fault));
        Assert.Equal((written, isNull, isPostmaster, MailPathFault.None), (path.ToString(), path.IsNull, path.IsBarePostmaster, fault));
    }

    [Theory]
    [InlineData("@one.example", MailPathFault.InvalidSourceRoute)]
    [InlineData("@one.example,two.example:user@example.com", MailPathFault.InvalidSourceRoute)]
    [InlineData("@one.example,:user@example.com", MailPathFault.InvalidSourceRoute)]
    [InlineData("@:user@example.com", MailPathFault.InvalidSourceRoute)]
    [InlineData("@one.example:", MailPathFault.InvalidLocalPart)]
    [InlineData("user", MailPathFault.MissingDomain)]
    [InlineData("user@example.com>", MailPathFault.InvalidDomain)]
    [InlineData("\uFFFE@example.com", MailPathFault.InvalidEncoding)]
    public void TryParse_NoWirePaths_SayWhy(string wire, MailPathFault expected)
    {
        Assert.False(MailPath.TryParse(Encoding.UTF8.GetBytes(wire), out _, out var fault));
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void TryParse_IllFormedUtf8_IsRefused()
    {
        Assert.False(MailPath.TryParse([(byte)'a', 0xC3, (byte)'@', (byte)'b'], out _, out var fault));
        Assert.Equal(MailPathFault.InvalidEncoding, fault);
    }

    [Fact]
    [Trait("rfc", "5321#4.5.3.1.1")]
    [Trait("rfc", "5321#4.5.3.1.3")]
    public void TryParse_SizeLimits_AreOctetsOfTheFormThatIsSent()
    {
        Assert.True(MailPath.TryParse($"{Local128}@example.com", out _));                        // twice what RFC 5321 asks for
        Assert.True(MailPath.TryParse($"\"{Local128}\"@example.com", out _));                    // sent without the quotes
        Assert.Equal(MailPathFault.LocalPartTooLong, FaultOf($"{Local128}l@example.com"));
        Assert.Equal(MailPathFault.LocalPartTooLong, FaultOf($"\"{Local128[1..]} \"@example.com"));
        Assert.Equal(MailPathFault.LocalPartTooLong, FaultOf($"{new string('ü', 65)}@example.com"));

        var domain = $"{new string('a', 63)}.{new string('b', 61)}";                             // 125, so 254 with the rest
        Assert.True(MailPath.TryParse($"{Local128}@{domain}", out var longest));
        Assert.Equal(254, longest.GetByteCount());
        Assert.Equal(MailPathFault.TooLong, FaultOf($"{Local128}@{domain}c"));
        Assert.Equal(MailPathFault.TooLong, FaultOf(new string('x', 1 << 20)));
        Assert.False(MailPath.TryParse(new byte[1 << 20], out _, out var fault));
        Assert.Equal(MailPathFault.TooLong, fault);
    }

    [Fact]
    public void Default_IsTheNullPath()
    {
        Assert.True(MailPath.Null.IsNull && !MailPath.Null.IsBarePostmaster && !MailPath.Null.NeedsSmtpUtf8);
        Assert.Equal((0, string.Empty, null), (MailPath.Null.GetByteCount(), MailPath.Null.ToString(), MailPath.Null.RecipientDomain));
        Assert.NotEqual(MailPath.Null, MailPath.Parse("\"\"@example.com"));
        Assert.Throws<FormatException>(() => MailPath.Parse(""));
    }

    [Property(MaxTest = 1000)]
    public void TryParse_AnyAddressLiteral_ReadsBackEqual(byte first, ulong second, bool sparse)
    {
        var octets = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(octets.AsSpan(sparse ? 6 : 8), second);
        octets[0] = sparse ? (byte)0 : first;
        foreach (var address in new[] { new IPAddress(octets), new IPAddress(octets.AsSpan(8, 4)) })
        {
            var path = MailPath.Parse(address.GetAddressBytes().Length == 4 ? $"u@[{address}]" : $"u@[IPv6:{address}]");
            Assert.Equal(address, path.AddressLiteral);
            AssertReadsBack(path);
        }
    }

    [Property(MaxTest = 1000)]
    public void TryParse_AnyBytes_NeverGiveAControlAndReadBackEqual(byte[] bytes)
    {
        if (MailPath.TryParse(bytes, out var path, out _))
            AssertReadsBack(path);
    }

    [Fact]
    public void TryParse_EveryCharacter_NeverThrowsAndReadsBackEqual()
    {
        // Of the planes above the first the corners: what is refused there is refused for its place.
        var values = Enumerable.Range(0, 0x10000).Concat(Enumerable.Range(1, 16).SelectMany(plane => Enumerable.Range((plane << 16) - 2, 4))).Append(0x10FFFE).Append(0x10FFFF);
        foreach (var value in values.Where(Rune.IsValid))
        {
            var valid = MailPath.TryParse($"a{new Rune(value)}b@example.com", out var path);
            Assert.True(!valid || MailPath.Parse(path.ToString()) == path);
        }
    }

    [Property(MaxTest = 1000)]
    public Property WriteTo_ThenRead_IsIdentity() => Prop.ForAll(LocalParts().ToArbitrary(), local =>
    {
        if (!MailPath.TryParse($"\"{local.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"@bücher.example", out var path))
            return;
        Assert.Equal(local.Normalize(NormalizationForm.FormC), path.LocalPart);
        AssertReadsBack(path);
    });

    private static void AssertReadsBack(MailPath path)
    {
        var wire = new byte[path.GetByteCount()];
        Assert.Equal(wire.Length, path.WriteTo(wire));
        Assert.InRange(wire.Length, 0, 254);
        Assert.DoesNotContain(wire, octet => octet is < 0x20 or 0x7F);
        Assert.True(MailPath.TryParse(wire, out var again, out _));
        Assert.Equal(path, again);
        Assert.Equal(path.GetHashCode(), again.GetHashCode());
    }

    private static MailPathFault FaultOf(string address)
    {
        Assert.False(MailPath.TryParse(address, out _, out var fault));
        return fault;
    }

    private static Gen<string> LocalParts() =>
        Gen.ArrayOf(Gen.Elements("ab.. @\"\\<>,:;()[]é\u0308u\u037E\u1FEF用💩".EnumerateRunes().Select(rune => rune.ToString()).ToArray()))
            .Select(string.Concat);
}
