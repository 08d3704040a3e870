namespace Mail.Security.Sasl;

/// <summary>EXTERNAL, the client: the authorization identity, which may be empty (RFC 4422 §A.1).</summary>
internal sealed class ExternalClient(SaslCredentials credentials) : DirectClient(SaslMechanisms.External)
{
    private protected override bool IsComplete => true;

    private protected override SaslClientStep Begin() => credentials.AuthorizationBytes.AsSpan().Contains((byte)0) ? Unusable() : Send([.. credentials.AuthorizationBytes]);

    private protected override SaslClientStep Answer(ReadOnlySpan<byte> challenge) => Fail(SaslClientFailure.UnexpectedChallenge, "EXTERNAL has one message");
}
