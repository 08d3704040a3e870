using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Mail.Security.Sasl;

/// <summary>Prepares names and passwords. No password passes through a string here: what was copied is cleared.</summary>
internal static class StringPreparation
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Prepares a name; fails when it is not UTF-8, holds what the profile refuses, or comes out empty.</summary>
    public static bool TryPrepareName(ReadOnlySpan<byte> utf8, SaslPreparation preparation, [NotNullWhen(true)] out string? name)
    {
        name = null;
        if (!Utf8.IsValid(utf8) || !TryPrepare(utf8, preparation, out var prepared))
            return false;
        name = Strict.GetString(prepared);
        return true;
    }

    /// <summary>Prepares UTF-8; the result is the caller's to clear. Fails when it is not UTF-8, holds what the profile refuses, or comes out empty.</summary>
    public static bool TryPrepare(ReadOnlySpan<byte> utf8, SaslPreparation preparation, [NotNullWhen(true)] out byte[]? prepared)
    {
        prepared = null;
        if (utf8.IsEmpty || utf8.Contains((byte)0) || !Utf8.IsValid(utf8))
            return false;
        if (preparation == SaslPreparation.None || !utf8.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E))
        {
            prepared = utf8.ToArray();                  // printable ASCII is the same in every profile
            return true;
        }

        var text = new char[utf8.Length];               // never more UTF-16 units than UTF-8 octets
        var mapped = new char[utf8.Length];
        try
        {
            Utf8.ToUtf16(utf8, text, out _, out var length, replaceInvalidSequences: false);
            var profile = preparation == SaslPreparation.SaslPrep ? (IPreparationProfile)SaslPrepProfile.Instance : OpaqueStringProfile.Instance;
            return TryMap(profile, text.AsSpan(0, length), mapped, out length) && TryNormalize(profile, mapped.AsSpan(0, length), out prepared);
        }
        finally
        {
            Clear(text);
            Clear(mapped);
        }
    }

    private static bool TryMap(IPreparationProfile profile, ReadOnlySpan<char> text, Span<char> mapped, out int length)
    {
        length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (profile.IsMappedToNothing(rune))
                continue;
            if (profile.IsRefusedBeforeMapping(rune))
                return false;
            length += IsOtherSpace(rune) ? new Rune(' ').EncodeToUtf16(mapped[length..]) : rune.EncodeToUtf16(mapped[length..]);
        }
        return length > 0;
    }

    private static bool TryNormalize(IPreparationProfile profile, ReadOnlySpan<char> mapped, out byte[]? prepared)
    {
        prepared = null;
        var normal = new char[mapped.GetNormalizedLength(profile.Form)];
        try
        {
            if (!mapped.TryNormalize(normal, out var length, profile.Form) || length == 0 || !profile.IsAcceptable(normal.AsSpan(0, length)))
                return false;
            prepared = Strict.GetBytes(normal, 0, length);
            return true;
        }
        finally
        {
            Clear(normal);
        }
    }

    // RFC 8265 §4.2.2, rule 2; RFC 3454 §C.1.2 names the same characters but one, which RFC 4013 §2.1 maps to nothing before.
    private static bool IsOtherSpace(Rune rune) => rune.Value != ' ' && Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator;

    private static void Clear(char[] text) => CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan()));
}
