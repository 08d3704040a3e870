using System.Buffers;

namespace Mail.Security.SmtpServer;

/// <summary>What a client may call itself. Lenient, because nothing is decided by it, but safe to write into a Received field.</summary>
internal static class HelloName
{
    // A name or an address literal: "_" is in many host names, and ":" and "[]" are in IPv6 literals. Nothing of RFC 5322 §3.2.3's
    // comments, quotes or folding can be spelled with these.
    private static readonly SearchValues<byte> Allowed =
        SearchValues.Create("-._:[]0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    public static bool IsUsable(ReadOnlySpan<byte> name) => name.Length is > 0 and <= 255 && !name.ContainsAnyExcept(Allowed);
}
