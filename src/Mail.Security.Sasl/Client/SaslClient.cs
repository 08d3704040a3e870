using System.Security.Cryptography;

namespace Mail.Security.Sasl;

/// <summary>One authentication, seen from the client: challenges in, steps out, no I/O.</summary>
/// <remarks><see cref="SaslClientSelector.Select"/> makes one. It serves one authentication; dispose it, so that what it sent is cleared.</remarks>
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
        Ended,
    }

    /// <summary>The mechanism, as on the wire.</summary>
    public string Mechanism { get; }

    /// <summary>Begins.</summary>
    /// <returns>What to send with the command, or that nothing is to be sent.</returns>
    /// <exception cref="InvalidOperationException">It has begun already.</exception>
    public SaslClientStep Start()
    {
        if (_phase != Phase.New)
            throw new InvalidOperationException("The authentication has begun already.");
        _phase = Phase.Running;
        return Take(Begin());
    }

    /// <summary>Answers a challenge.</summary>
    /// <param name="challenge">The challenge, without base64.</param>
    /// <returns>What to send.</returns>
    /// <exception cref="InvalidOperationException">It has not begun, or is over.</exception>
    public SaslClientStep Respond(ReadOnlySpan<byte> challenge)
    {
        ThrowUnlessRunning();
        return Take(challenge.Length > SaslLimits.MaxMessageLength ? Fail(SaslClientFailure.MessageTooLong, "the challenge is too long") : Answer(challenge));
    }

    /// <summary>Decides, when the server reports success (235 in SMTP), whether it is to be believed.</summary>
    /// <param name="data">What came along with the success, in protocols that have that; empty in SMTP.</param>
    /// <returns><see cref="SaslClientStep.Authenticated"/>, or the failure: then leave the connection, for its other end is not the server meant.</returns>
    /// <exception cref="InvalidOperationException">It has not begun, or is over.</exception>
    public SaslClientStep Complete(ReadOnlySpan<byte> data = default)
    {
        ThrowUnlessRunning();
        if (data.Length > SaslLimits.MaxMessageLength)
            return Take(Fail(SaslClientFailure.MessageTooLong, "the data of the success are too long"));
        // A success has nothing to answer: data that ask for more than an empty response are no end of the mechanism.
        if (!data.IsEmpty && Answer(data) is not SaslClientStep.Send { Data.IsEmpty: true } and var answer)
            return Take(answer as SaslClientStep.Failed ?? Fail(SaslClientFailure.ServerNotAuthenticated, Early));
        return Take(IsComplete ? new SaslClientStep.Authenticated() : Fail(SaslClientFailure.ServerNotAuthenticated, Early));
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

    private protected abstract SaslClientStep Begin();

    private protected abstract SaslClientStep Answer(ReadOnlySpan<byte> challenge);

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

    private SaslClientStep Take(SaslClientStep step)
    {
        if (step is SaslClientStep.Send { Data.Length: > SaslLimits.MaxMessageLength })
            step = Unusable();
        if (step is SaslClientStep.Failed or SaslClientStep.Authenticated)
            _phase = Phase.Ended;
        return step;
    }

    private void ThrowUnlessRunning()
    {
        if (_phase != Phase.Running)
            throw new InvalidOperationException("The authentication has not begun, or is over.");
    }
}
