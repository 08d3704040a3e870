namespace Mail.Security.Sasl;

/// <summary>One authentication, seen from the server: messages in, steps out, no I/O.</summary>
/// <remarks>
/// <see cref="SaslServerFactory.TryCreate"/> makes one for each AUTH command; it serves one caller at a time. A client that cancels ("*" in SMTP, RFC 4954 §4) needs no call:
/// dispose the object, in every case, so that what it holds is cleared.
/// </remarks>
public abstract class SaslServer : IDisposable
{
    private Phase _phase;

    private protected SaslServer(string mechanism) => Mechanism = mechanism;

    private enum Phase : byte
    {
        New,
        Running,
        Ended,
    }

    /// <summary>The mechanism, as on the wire.</summary>
    public string Mechanism { get; }

    /// <summary>
    /// Asked with the name of an account, as prepared, before the store or the verifier is asked for it and before anything is computed; anything but
    /// <see cref="SaslVerdict.Accepted"/> ends the authentication without either. For limits by name. Null, the default, lets every name.
    /// </summary>
    public Func<string, SaslVerdict>? NameGate { get; set; }

    /// <summary>Begins, when nothing came with the command. That is not the same as an empty response, which is "=" in SMTP.</summary>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <returns>What to do.</returns>
    /// <exception cref="InvalidOperationException">It has begun already.</exception>
    public ValueTask<SaslServerStep> StartAsync(CancellationToken cancellationToken = default) => BeginAsync((ReadOnlyMemory<byte>?)null, cancellationToken);

    /// <summary>Begins with the response that came with the command.</summary>
    /// <param name="initialResponse">The response, without base64; may be empty. Not kept and not changed: it may hold a password, and is the caller's to clear.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <returns>What to do.</returns>
    /// <exception cref="InvalidOperationException">It has begun already.</exception>
    public ValueTask<SaslServerStep> StartWithAsync(ReadOnlyMemory<byte> initialResponse, CancellationToken cancellationToken = default) =>
        BeginAsync((ReadOnlyMemory<byte>?)initialResponse, cancellationToken);

    /// <summary>Goes on with the client's answer to a challenge.</summary>
    /// <param name="response">The answer, without base64. Not kept and not changed: it may hold a password, and is the caller's to clear.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <returns>What to do.</returns>
    /// <exception cref="InvalidOperationException">It has not begun, or is over.</exception>
    public ValueTask<SaslServerStep> RespondAsync(ReadOnlyMemory<byte> response, CancellationToken cancellationToken = default)
    {
        if (_phase != Phase.Running)
            throw new InvalidOperationException("The authentication has not begun, or is over.");
        return StepAsync(response, cancellationToken);
    }

    private ValueTask<SaslServerStep> BeginAsync(ReadOnlyMemory<byte>? initialResponse, CancellationToken cancellationToken)
    {
        if (_phase != Phase.New)
            throw new InvalidOperationException("The authentication has begun already.");
        _phase = Phase.Running;
        return StepAsync(initialResponse, cancellationToken);
    }

    private async ValueTask<SaslServerStep> StepAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
    {
        // What a store throws, and a cancelled wait, end it too: the mechanism stands between two messages then, and is not gone on with.
        var next = Phase.Ended;
        try
        {
            var step = response is { Length: > SaslLimits.MaxMessageLength }
                ? Fail(SaslFailure.MessageTooLong)
                : await TakeAsync(response, cancellationToken).ConfigureAwait(false);
            if (step is SaslServerStep.Challenge && _phase == Phase.Running)
                next = Phase.Running;
            return step;
        }
        finally
        {
            _phase = next;
        }
    }

    /// <summary>Takes a message within the limit; null only at the start, when no initial response came.</summary>
    private protected abstract ValueTask<SaslServerStep> TakeAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken);

    /// <summary>What the gate has against a name; null when it may be looked up.</summary>
    internal SaslFailure? Objection(string userName) => (NameGate?.Invoke(userName) ?? SaslVerdict.Accepted) switch
    {
        SaslVerdict.Accepted => null,
        SaslVerdict.Unavailable => SaslFailure.Unavailable,
        _ => SaslFailure.NotAuthorized,
    };

    private protected static SaslServerStep Fail(SaslFailure reason) => new SaslServerStep.Failed(reason, default);

    private protected static SaslServerStep Challenge(byte[] data) => new SaslServerStep.Challenge(data);

    /// <summary>Clears what is secret. Idempotent.</summary>
    public void Dispose()
    {
        _phase = Phase.Ended;
        Clear();
        GC.SuppressFinalize(this);
    }

    private protected virtual void Clear()
    {
    }
}
