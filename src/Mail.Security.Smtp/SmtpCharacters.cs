using System.Buffers;

namespace Mail.Security.Smtp;

/// <summary>The character classes of the grammar, ready for vectorised search.</summary>
internal static class SmtpCharacters
{
    /// <summary>The characters of an esmtp-keyword and of an ehlo-keyword (RFC 5321 §4.1.2, §4.1.1.1).</summary>
    public static readonly SearchValues<byte> Keyword =
        SearchValues.Create("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>The characters of an atom (RFC 5322 §3.2.3).</summary>
    public static readonly SearchValues<byte> Atom =
        SearchValues.Create("!#$%&'*+-/=?^_`{|}~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>What an esmtp-value may not hold: controls, space and "=" (RFC 5321 §4.1.2). UTF-8 is admitted (RFC 6531 §3.3).</summary>
    public static readonly SearchValues<byte> NotInValue = SearchValues.Create([.. Controls(), (byte)' ', (byte)'=']);

    /// <summary>Control characters, of which reply text may hold only HT (RFC 5321 §4.2).</summary>
    public static readonly SearchValues<byte> NotInText = SearchValues.Create([.. Controls().Where(octet => octet != '\t')]);

    private static IEnumerable<byte> Controls() => Enumerable.Range(0, 32).Append(127).Select(octet => (byte)octet);
}
