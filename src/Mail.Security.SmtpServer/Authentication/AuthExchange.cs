using System.Security.Cryptography;
using Mail.Security.Sasl;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>One login: each step within its time, and no exception of a store gets any further than here.</summary>
/// <remarks>A store that does not come back in time is left behind; what the step holds is cleared when it does.</remarks>
internal sealed class AuthExchange : IDisposable
{
    private static readonly SaslServerStep Unavailable = new SaslServerStep.Failed(SaslFailure.Unavailable, default);

    private readonly SaslServer _server;
    private readonly TimeSpan _limit;
    private readonly SessionParts _parts;
    private bool _begun;
    private Task? _left;

    public AuthExchange(SaslServer server, TimeSpan limit, SessionParts parts)
    {
        (_server, _limit, _parts) = (server, limit, parts);
        server.NameGate = Judge;
    }

    /// <summary>The name that was tried; null as long as it is not known.</summary>
    public string? UserName { get; private set; }

    /// <summary>What the listener has against the name; then the store was not asked for it.</summary>
    public SmtpRefusal? Refusal { get; private set; }

    /// <summary>The mechanism, as on the wire.</summary>
    public string Mechanism => _server.Mechanism;

    /// <summary>Makes a step: begins with the initial response, or without one when it is null; then answers a challenge. The response is cleared.</summary>
    public async ValueTask<SaslServerStep> StepAsync(byte[]? response, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(_limit, _parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        Task<SaslServerStep>? step = null;
        try
        {
            step = TakeAsync(response, either.Token);
            return await step.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            ServerLog.StoreTooSlow(_parts.Logger, _parts.Session.Id, Mechanism);
            return Unavailable;
        }
        catch (Exception exception)
        {
            ServerLog.HandlerFailed(_parts.Logger, _parts.Session.Id, $"SaslServer ({Mechanism})", exception);
            return Unavailable;
        }
        finally
        {
            if (step is { IsCompleted: false })
                _left = step;
        }
    }

    public void Dispose()
    {
        if (_left is null)
            _server.Dispose();
        else
            _ = DisposeLaterAsync(_left);
    }

    private SaslVerdict Judge(string userName)
    {
        (UserName, Refusal) = (userName, _parts.Session.Admission?.JudgeLogin(_parts.Session, userName));
        return Refusal is null ? SaslVerdict.Accepted : SaslVerdict.Unavailable;
    }

    private async Task<SaslServerStep> TakeAsync(byte[]? response, CancellationToken cancellationToken)
    {
        try
        {
            if (_begun)
                return await _server.RespondAsync(response, cancellationToken).ConfigureAwait(false);
            _begun = true;
            return response is null
                ? await _server.StartAsync(cancellationToken).ConfigureAwait(false)
                : await _server.StartWithAsync(response, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(response);
        }
    }

    private async Task DisposeLaterAsync(Task left)
    {
        await left.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _server.Dispose();
    }
}
