namespace Mail.Security.Sasl;

/// <summary>A mechanism whose steps wait for nothing.</summary>
internal abstract class DirectClient(string mechanism) : SaslClient(mechanism)
{
    private protected abstract SaslClientStep Begin();

    private protected abstract SaslClientStep Answer(ReadOnlySpan<byte> challenge);

    private protected sealed override ValueTask<SaslClientStep> BeginAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Begin());

    private protected sealed override ValueTask<SaslClientStep> AnswerAsync(ReadOnlyMemory<byte> challenge, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Answer(challenge.Span));
}
