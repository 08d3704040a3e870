using System.Text.Unicode;

namespace Mail.Security.Sasl;

/// <summary>Takes the attributes of a SCRAM message one after the other (RFC 5802 §5.1, §7).</summary>
internal ref struct ScramAttributes(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;
    private bool _ended = message.IsEmpty;

    /// <summary>Whether a message can be read at all: UTF-8 without NUL (RFC 5802 §7, value-char).</summary>
    public static bool IsText(ReadOnlySpan<byte> message) => !message.Contains((byte)0) && Utf8.IsValid(message);

    public readonly bool Ended => _ended;

    /// <summary>The next attribute: one letter, "=", and at least one character.</summary>
    public bool TryNext(out byte name, out ReadOnlySpan<byte> value)
    {
        name = 0;
        value = default;
        if (_ended)
            return false;
        var comma = _rest.IndexOf((byte)',');
        var attribute = comma < 0 ? _rest : _rest[..comma];
        if (attribute.Length < 3 || !char.IsAsciiLetter((char)attribute[0]) || attribute[1] != (byte)'=')
            return false;
        _ended = comma < 0;
        _rest = comma < 0 ? default : _rest[(comma + 1)..];
        name = attribute[0];
        value = attribute[2..];
        return true;
    }

    /// <summary>The next attribute, which must have this name. "m=" in its place is a mandatory extension, and none is known (RFC 5802 §5.1).</summary>
    public ScramFault Expect(char name, out ReadOnlySpan<byte> value)
    {
        if (!TryNext(out var found, out value))
            return ScramFault.Malformed;
        return found == name ? ScramFault.None : found == (byte)'m' ? ScramFault.Extension : ScramFault.Malformed;
    }

    /// <summary>Reads to the end: optional extensions are ignored (RFC 5802 §5.1), mandatory ones and attributes out of their place are not.</summary>
    public ScramFault SkipExtensions()
    {
        while (!_ended)
        {
            if (!TryNext(out var name, out _))
                return ScramFault.Malformed;
            if (name == (byte)'m')
                return ScramFault.Extension;
            if ("anrcsipve"u8.Contains(name))
                return ScramFault.Malformed;
        }
        return ScramFault.None;
    }

    public static bool IsNonce(ReadOnlySpan<byte> nonce) => !nonce.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E);
}
