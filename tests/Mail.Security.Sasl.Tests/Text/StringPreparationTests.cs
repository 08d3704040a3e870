using System.Text;
using FsCheck;
using FsCheck.Xunit;

namespace Mail.Security.Sasl.Tests;

public sealed class StringPreparationTests
{
    [Theory]
    [InlineData("correct horse battery staple", "correct horse battery staple")]
    [InlineData("Correct Horse Battery Staple", "Correct Horse Battery Staple")]
    [InlineData("πßå", "πßå")]
    [InlineData("Jack of ♦s", "Jack of ♦s")]
    [InlineData("foo\u1680bar", "foo bar")]
    [InlineData("", null)]
    [InlineData("my cat is a \tby", null)]
    [InlineData("\u00a0\u3000", "  ")]
    [InlineData("½", "½")]                   // no compatibility mapping
    [InlineData("ｆｕｌｌ", "ｆｕｌｌ")]
    [InlineData("e\u0301", "é")]
    [InlineData("a\u00adb", null)]           // invisible
    [InlineData("a\u200db", null)]
    [InlineData("❤\ufe0f", null)]
    [InlineData("a\u2028b", null)]
    [InlineData("\ue000", null)]             // private
    [InlineData("\u1100", null)]             // conjoining Jamo
    [InlineData("a\0b", null)]
    [InlineData("a\ufffeb", null)]
    [InlineData("a\uffffb", null)]
    [Trait("rfc", "8265#4.3")]
    public void TryPrepare_OpaqueString_AsInTheRfc(string text, string? expected) => Assert.Equal(expected, Prepare(text, SaslPreparation.OpaqueString));

    [Theory]
    [InlineData("I\u00adX", "IX")]
    [InlineData("user", "user")]
    [InlineData("USER", "USER")]
    [InlineData("\u00aa", "a")]
    [InlineData("\u2168", "IX")]
    [InlineData("\u0007", null)]
    [InlineData("\u0627\u0031", null)]
    [InlineData("\u0627\u0031\u0627", "\u0627\u0031\u0627")]
    [InlineData("\u0627a\u0627", null)]
    [InlineData("½", "1⁄2")]
    [InlineData("\u00ad", null)]             // nothing is left
    [InlineData("a\u3000b", "a b")]
    [InlineData("a\u200eb", null)]
    [InlineData("\ue000", null)]
    [InlineData("\U000E0041", null)]
    [InlineData("a\ufffeb", null)]           // no character, and .NET's normalisation throws at it
    [InlineData("a\uffffb", null)]
    [InlineData("a\ufdd0b", null)]
    [InlineData("\U0001FFFE", null)]
    [Trait("rfc", "4013#3")]
    public void TryPrepare_SaslPrep_AsInTheRfc(string text, string? expected) => Assert.Equal(expected, Prepare(text, SaslPreparation.SaslPrep));

    [Theory]
    [InlineData("a\tb", "a\tb")]
    [InlineData("e\u0301", "e\u0301")]
    [InlineData("a\0b", null)]
    [InlineData("", null)]
    public void TryPrepare_None_LeavesAllButNul(string text, string? expected) => Assert.Equal(expected, Prepare(text, SaslPreparation.None));

    [Property(MaxTest = 1000)]
    public void TryPrepare_AnyText_IsStableAndNormal(NonNull<string> text, byte preparation)
    {
        var profile = (SaslPreparation)(preparation % 2);
        var utf8 = Encoding.UTF8.GetBytes(text.Get);
        if (!StringPreparation.TryPrepare(utf8, profile, out var once))
            return;
        Assert.True(StringPreparation.TryPrepare(once, profile, out var twice));
        Assert.Equal(once, twice);
        Assert.True(Encoding.UTF8.GetString(once).IsNormalized(profile == SaslPreparation.SaslPrep ? NormalizationForm.FormKC : NormalizationForm.FormC));
    }

    [Property(MaxTest = 500)]
    public void TryPrepare_AnyOctets_NeverThrows(byte[] octets, byte preparation)
    {
        if (StringPreparation.TryPrepare(octets, (SaslPreparation)(preparation % 3), out var prepared))
            Assert.NotEmpty(prepared);
    }

    [Theory]
    [InlineData(SaslPreparation.OpaqueString)]
    [InlineData(SaslPreparation.SaslPrep)]
    public void TryPrepare_EveryCharacter_NeverThrows(SaslPreparation preparation)
    {
        var (utf8, taken) = (new byte[5], 0);
        utf8[0] = (byte)'a';
        for (var value = 1; value <= 0x10FFFF; value++)
        {
            if (Rune.TryCreate(value, out var rune) && StringPreparation.TryPrepare(utf8.AsSpan(0, 1 + rune.EncodeToUtf8(utf8.AsSpan(1))), preparation, out _))
                taken++;
        }
        Assert.InRange(taken, 100_000, 1_000_000);
    }

    private static string? Prepare(string text, SaslPreparation preparation) =>
        StringPreparation.TryPrepare(Encoding.UTF8.GetBytes(text), preparation, out var prepared) ? Encoding.UTF8.GetString(prepared) : null;
}
