using System.Globalization;

namespace Mail.Security.Sasl;

/// <summary>The first message of a server (RFC 5802 §7, server-first-message).</summary>
internal readonly record struct ScramServerFirst(string Nonce, byte[] Salt, int Iterations)
{
    public static ScramFault Read(ReadOnlySpan<byte> message, out ScramServerFirst first)
    {
        first = default;
        if (!ScramAttributes.IsText(message))
            return ScramFault.Malformed;
        var attributes = new ScramAttributes(message);
        var fault = attributes.Expect('r', out var nonce);
        ReadOnlySpan<byte> salt = default, count = default;
        if (fault == ScramFault.None)
            fault = attributes.Expect('s', out salt);
        if (fault == ScramFault.None)
            fault = attributes.Expect('i', out count);
        if (fault == ScramFault.None)
            fault = attributes.SkipExtensions();
        if (fault != ScramFault.None)
            return fault;
        if (!ScramAttributes.IsNonce(nonce) || !ScramAlgorithm.TryBase64(salt, out var saltBytes))
            return ScramFault.Malformed;
        if (saltBytes.Length is < SaslLimits.MinSaltLength or > SaslLimits.MaxSaltLength)
            return ScramFault.Salt;
        if (!TryCount(count, out var iterations))
            return ScramFault.Malformed;
        first = new ScramServerFirst(System.Text.Encoding.ASCII.GetString(nonce), saltBytes, iterations);
        return ScramFault.None;
    }

    // RFC 5802 §7, posit-number. A count beyond what an int holds is a number all the same: it is too high, not malformed.
    private static bool TryCount(ReadOnlySpan<byte> text, out int count)
    {
        count = 0;
        if (text[0] == (byte)'0' || text.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return false;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count))
            count = int.MaxValue;
        return true;
    }
}
