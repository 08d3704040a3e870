namespace Mail.Security.Sasl;

/// <summary>The last message of a client (RFC 5802 §7, client-final-message).</summary>
internal readonly ref struct ScramClientFinal
{
    /// <summary>What "c=" carries, still base64.</summary>
    public ReadOnlySpan<byte> Binding { get; private init; }

    public ReadOnlySpan<byte> Nonce { get; private init; }

    public ReadOnlySpan<byte> WithoutProof { get; private init; }

    public byte[] Proof { get; private init; }

    public static ScramFault Read(ReadOnlySpan<byte> message, out ScramClientFinal final)
    {
        final = default;
        // The proof is the last attribute, and no value holds a comma.
        var proofAt = message.LastIndexOf(",p="u8);
        if (proofAt < 0 || !ScramAttributes.IsText(message) || !ScramAlgorithm.TryBase64(message[(proofAt + 3)..], out var proof))
            return ScramFault.Malformed;
        var attributes = new ScramAttributes(message[..proofAt]);
        var fault = attributes.Expect('c', out var binding);
        ReadOnlySpan<byte> nonce = default;
        if (fault == ScramFault.None)
            fault = attributes.Expect('r', out nonce);
        if (fault == ScramFault.None)
            fault = attributes.SkipExtensions();
        if (fault != ScramFault.None)
            return fault;
        final = new ScramClientFinal { Binding = binding, Nonce = nonce, WithoutProof = message[..proofAt], Proof = proof };
        return ScramFault.None;
    }
}
