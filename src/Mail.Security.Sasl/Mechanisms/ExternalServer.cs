namespace Mail.Security.Sasl;

/// <summary>EXTERNAL: the channel has proven who it is; the client may name whom it acts as (RFC 4422 §A.1).</summary>
internal sealed class ExternalServer(string identity, SaslAuthority authority) : SaslServer(SaslMechanisms.External)
{
    private protected override ValueTask<SaslServerStep> TakeAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken) =>
        response is { } authorizationIdentity
            ? authority.DecideAsync(Mechanism, identity, authorizationIdentity, cancellationToken)
            : ValueTask.FromResult(Challenge([]));
}
