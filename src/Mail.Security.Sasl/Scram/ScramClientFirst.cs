namespace Mail.Security.Sasl;

internal enum ScramBindingFlag : byte
{
    NotSupported,       // "n"
    NotOffered,         // "y": I could, but you offered none
    Used,               // "p="
}

/// <summary>The first message of a client (RFC 5802 §7, client-first-message).</summary>
internal sealed record ScramClientFirst
{
    public required ScramBindingFlag Flag { get; init; }

    public required string BindingType { get; init; }

    /// <summary>The authorization identity, still UTF-8; empty when none is asked for.</summary>
    public required byte[] AuthorizationIdentity { get; init; }

    public required byte[] UserName { get; init; }

    public required string Nonce { get; init; }

    /// <summary>The GS2 header as received, which "c=" must repeat.</summary>
    public required byte[] Header { get; init; }

    /// <summary>client-first-message-bare as received, which the proof is made over.</summary>
    public required byte[] Bare { get; init; }

    public static ScramFault Read(ReadOnlySpan<byte> message, out ScramClientFirst? first)
    {
        first = null;
        if (!ScramAttributes.IsText(message))
            return ScramFault.Malformed;
        var flagEnd = message.IndexOf((byte)',');
        var headerEnd = flagEnd < 0 ? -1 : message[(flagEnd + 1)..].IndexOf((byte)',');
        if (headerEnd < 0 || !TryFlag(message[..flagEnd], out var flag, out var type))
            return ScramFault.Malformed;
        var header = message[..(flagEnd + headerEnd + 2)];
        var authorization = header[(flagEnd + 1)..^1];
        byte[] authorizationIdentity = [];
        if (!authorization.IsEmpty)
        {
            if (!authorization.StartsWith("a="u8))
                return ScramFault.Malformed;
            if (!ScramAlgorithm.TryUnescape(authorization[2..], out authorizationIdentity))
                return ScramFault.UserName;
        }

        var bare = message[header.Length..];
        var fault = ReadBare(bare, out var userName, out var nonce);
        if (fault != ScramFault.None)
            return fault;
        first = new ScramClientFirst
        {
            Flag = flag, BindingType = type, AuthorizationIdentity = authorizationIdentity, UserName = userName, Nonce = nonce, Header = header.ToArray(), Bare = bare.ToArray(),
        };
        return ScramFault.None;
    }

    private static ScramFault ReadBare(ReadOnlySpan<byte> bare, out byte[] userName, out string nonce)
    {
        (userName, nonce) = ([], string.Empty);
        var attributes = new ScramAttributes(bare);
        var fault = attributes.Expect('n', out var name);
        if (fault == ScramFault.None && !ScramAlgorithm.TryUnescape(name, out userName))
            fault = ScramFault.UserName;
        ReadOnlySpan<byte> value = default;
        if (fault == ScramFault.None)
            fault = attributes.Expect('r', out value);
        if (fault == ScramFault.None)
            fault = attributes.SkipExtensions();
        if (fault != ScramFault.None)
            return fault;
        if (!ScramAttributes.IsNonce(value))
            return ScramFault.Malformed;
        nonce = System.Text.Encoding.ASCII.GetString(value);
        return nonce.Length < SaslLimits.MinNonceLength ? ScramFault.ShortNonce : ScramFault.None;
    }

    private static bool TryFlag(ReadOnlySpan<byte> text, out ScramBindingFlag flag, out string type)
    {
        (flag, type) = (text.SequenceEqual("y"u8) ? ScramBindingFlag.NotOffered : ScramBindingFlag.NotSupported, string.Empty);
        if (text.SequenceEqual("n"u8) || text.SequenceEqual("y"u8))
            return true;
        if (text.Length < 3 || !text.StartsWith("p="u8))
            return false;
        (flag, type) = (ScramBindingFlag.Used, System.Text.Encoding.UTF8.GetString(text[2..]));
        return type.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');
    }
}
