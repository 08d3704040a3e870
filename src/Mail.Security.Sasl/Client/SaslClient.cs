using System.Security.Cryptography;

namespace Mail.Security.Sasl;

/// <summary>One authentication, seen from the client: challenges in, steps out, no I/O.</summary>
/// <remarks>
/// <see cref="SaslClientSelector.Select"/> makes one. It serves one authentication and one caller at a time; dispose it, so that what it sent is cleared. Most steps are taken at
/// once; the derivation of SCRAM's keys is done on a thread of the pool, and a token is waited for. A wait that is cancelled ends the authentication.
/// </remarks>
public abstract class SaslClient : IDisposable
{
    private const string Early = "the server reports success before the mechanism is through";

    private readonly List<byte[]> _sent = [];
    private Phase _phase;

    private protected SaslClient(string mechanism) => Mechanism = mechanism;

    private enum Phase : byte
    {
        New,
        Running,
        Busy,
        Ended,
    }

    /// <summary>The mechanism, as on the wire.</summary>
    public string Mechanism { get; }

    /// <summary>Begins.</summary>
    /// <param name="cancellationToken">Ends the wait for a token.</param>
    /// <returns>What to send with the command, or that nothing is to be sent.</returns>
    /// <exception cref="InvalidOperationException">It has begun already.</exception>
    public ValueTask<SaslClientStep> StartAsync(CancellationToken cancellationToken = default)
    {
        if (_phase != Phase.New)
            throw new InvalidOperationException("The authentication has begun already.");
        _phase = Phase.Busy;
        return TakeAsync(BeginAsync(cancellationToken));
    }

    /// <summary>Answers a challenge.</summary>
    /// <param name="challenge">The challenge, without base64. Not kept.</param>
    /// <param name="cancellationToken">Ends the wait for the derivation of keys.</param>
    /// <returns>What to send.</returns>
    /// <exception cref="InvalidOperationException">It has not begun, or is over.</exception>
    public ValueTask<SaslClientStep> RespondAsync(ReadOnlyMemory<byte> challenge, CancellationToken cancellationToken = default)
    {
        Enter();
        return TakeAsync(challenge.Length > SaslLimits.MaxMessageLength
            ? ValueTask.FromResult<SaslClientStep>(Fail(SaslClientFailure.MessageTooLong, "the challenge is too long"))
            : AnswerAsync(challenge, cancellationToken));
    }

    /// <summary>Decides, when the server reports success (235 in SMTP), whether it is to be believed.</summary>
    /// <param name="data">What came along with the success, in protocols that have that; empty in SMTP.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns><see cref="SaslClientStep.Authenticated"/>, or the failure: then leave the connection, for its other end is not the server meant.</returns>
    /// <exception cref="InvalidOperationException">It has not begun, or is over.</exception>
    public ValueTask<SaslClientStep> CompleteAsync(ReadOnlyMemory<byte> data = default, CancellationToken cancellationToken = default)
    {
        Enter();
        return TakeAsync(FinishAsync(data, cancellationToken));
    }

    /// <summary>Ends an authentication the server refuses (4yz or 5yz in SMTP), and says what the mechanism knows of it.</summary>
    /// <param name="cause">What the server says it refused. A token is given up only when that is <see cref="SaslRefusalCause.Credentials"/>, or when the server told the mechanism an error.</param>
    /// <returns>The failure: <see cref="SaslClientFailure.ServerError"/> when the server told the mechanism why, else <see cref="SaslClientFailure.Refused"/>.</returns>
    /// <exception cref="InvalidOperationException">It has not begun, or is over.</exception>
    public SaslClientStep.Failed Refused(SaslRefusalCause cause = SaslRefusalCause.Unspecified)
    {
        Enter();
        _phase = Phase.Ended;
        return Refuse(cause);
    }

    /// <summary>Whether a text repeats a secret this client sent, or some of what it sent in base64. Such a text, a careless server's reply perhaps, is not to be logged.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Whether it does; false when nothing was sent yet, or the client is disposed.</returns>
    public bool Reveals(ReadOnlySpan<char> text)
    {
        if (_sent.Count > 0 && Echo.Holds(text, Secret))
            return true;
        foreach (var message in _sent)
        {
            if (Echo.HoldsEncoded(text, message))
                return true;
        }
        return false;
    }

    /// <summary>Clears what was sent. Idempotent.</summary>
    public void Dispose()
    {
        _phase = Phase.Ended;
        foreach (var message in _sent)
            CryptographicOperations.ZeroMemory(message);
        _sent.Clear();
        Clear();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether success may be believed now.</summary>
    private protected abstract bool IsComplete { get; }

    /// <summary>The secret as it is sent, where it is sent; empty where only proofs of it are.</summary>
    private protected virtual ReadOnlySpan<byte> Secret => default;

    private protected abstract ValueTask<SaslClientStep> BeginAsync(CancellationToken cancellationToken);

    private protected abstract ValueTask<SaslClientStep> AnswerAsync(ReadOnlyMemory<byte> challenge, CancellationToken cancellationToken);

    private protected virtual SaslClientStep.Failed Refuse(SaslRefusalCause cause) => Fail(SaslClientFailure.Refused, "the server refuses");

    private protected virtual void Clear()
    {
    }

    private protected SaslClientStep.Send Send(byte[] data)
    {
        _sent.Add(data);
        return new SaslClientStep.Send(data);
    }

    private protected static SaslClientStep.Failed Fail(SaslClientFailure reason, string detail) => new(reason, detail);

    private protected static SaslClientStep.Failed Unusable() => Fail(SaslClientFailure.CredentialsUnusable, "name or password cannot be prepared");

    private async ValueTask<SaslClientStep> FinishAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (data.Length > SaslLimits.MaxMessageLength)
            return Fail(SaslClientFailure.MessageTooLong, "the data of the success are too long");
        // A success has nothing to answer: data that ask for more than an empty response are no end of the mechanism.
        if (!data.IsEmpty && await AnswerAsync(data, cancellationToken).ConfigureAwait(false) is not SaslClientStep.Send { Data.IsEmpty: true } and var answer)
            return answer as SaslClientStep.Failed ?? Fail(SaslClientFailure.ServerNotAuthenticated, Early);
        return IsComplete ? new SaslClientStep.Authenticated() : Fail(SaslClientFailure.ServerNotAuthenticated, Early);
    }

    private async ValueTask<SaslClientStep> TakeAsync(ValueTask<SaslClientStep> work)
    {
        var next = Phase.Ended;         // an exception leaves the mechanism somewhere in the middle
        try
        {
            var step = await work.ConfigureAwait(false);
            if (step is SaslClientStep.Send { Data.Length: > SaslLimits.MaxMessageLength })
                step = Unusable();
            if (step is SaslClientStep.Send or SaslClientStep.AwaitChallenge)
                next = Phase.Running;
            return step;
        }
        finally
        {
            if (_phase == Phase.Busy)
                _phase = next;
        }
    }

    private void Enter()
    {
        if (_phase != Phase.Running)
            throw new InvalidOperationException("The authentication has not begun, is at work, or is over.");
        _phase = Phase.Busy;
    }
}
