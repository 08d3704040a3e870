namespace Mail.Security.Sasl;

/// <summary>What a server does next in an authentication.</summary>
public abstract record SaslServerStep
{
    private protected SaslServerStep()
    {
    }

    /// <summary>Send this challenge, in SMTP as 334, and hand the answer to <see cref="SaslServer.RespondAsync"/>.</summary>
    /// <param name="Data">The challenge before base64; may be empty, and is sent then all the same.</param>
    public sealed record Challenge(ReadOnlyMemory<byte> Data) : SaslServerStep;

    /// <summary>The client is authenticated.</summary>
    /// <param name="Identity">Whose credentials they were, as prepared.</param>
    /// <param name="AuthorizationIdentity">Whom the client acts as; the same as <paramref name="Identity"/> unless another was asked for and allowed.</param>
    /// <param name="Mechanism">The mechanism, as on the wire.</param>
    public sealed record Succeeded(string Identity, string AuthorizationIdentity, string Mechanism) : SaslServerStep;

    /// <summary>The authentication has failed, and this object is at its end.</summary>
    /// <param name="Reason">The reason by which it is answered and counted.</param>
    /// <param name="Data">
    /// What the mechanism would tell the client, for SCRAM "e=" and a word (RFC 5802 §7): a protocol whose failure carries data sends it, SMTP does not.
    /// It tells no more than the protocol's own refusal does.
    /// </param>
    public sealed record Failed(SaslFailure Reason, ReadOnlyMemory<byte> Data) : SaslServerStep;
}
