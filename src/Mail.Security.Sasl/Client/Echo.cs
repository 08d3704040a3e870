using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Sasl;

/// <summary>Finds in a text what was sent in secret.</summary>
internal static class Echo
{
    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    // So much of a message's base64 is hardly there by chance: six octets of it.
    private const int Telling = 8;

    /// <summary>Whether the text holds the secret as it is.</summary>
    public static bool Holds(ReadOnlySpan<char> text, ReadOnlySpan<byte> secret) =>
        !secret.IsEmpty && Encoding.UTF8.GetBytes(text.ToArray()).AsSpan().IndexOf(secret) >= 0;

    /// <summary>Whether a word of the text is in the base64 of the message, or holds it: all of it, or a part that was cut off.</summary>
    public static bool HoldsEncoded(ReadOnlySpan<char> text, ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty)
            return false;
        var encoded = new byte[Base64.GetMaxEncodedToUtf8Length(message.Length)];
        Base64.EncodeToUtf8(message, encoded, out _, out var length);
        Span<char> letters = new char[length];
        for (var index = 0; index < length; index++)
            letters[index] = (char)encoded[index];
        var found = text.Contains(letters, StringComparison.Ordinal) || HoldsPart(text, letters);
        CryptographicOperations.ZeroMemory(encoded);
        letters.Clear();
        return found;
    }

    private static bool HoldsPart(ReadOnlySpan<char> text, ReadOnlySpan<char> letters)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAnyExcept(Alphabet);
            var word = end < 0 ? text : text[..end];
            if (word.Length >= Telling && letters.Contains(word, StringComparison.Ordinal))
                return true;
            text = end < 0 ? default : text[(end + 1)..];
        }
        return false;
    }
}
