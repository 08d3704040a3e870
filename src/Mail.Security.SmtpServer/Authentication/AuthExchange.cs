using System.Security.Cryptography;
using Mail.Security.Sasl;

namespace Mail.Security.SmtpServer;

/// <summary>One login: each step within its time, and no exception of a store gets any further than here.</summary>
/// <remarks>A store that does not come back in time is left behind; what the step holds is cleared when it does.</remarks>
internal sealed class AuthExchange(SaslServer server, TimeSpan limit, SessionParts parts) : IDisposable
{
    private static readonly SaslServerStep Unavailable = new SaslServerStep.Failed(SaslFailure.Unavailable, default);

    private bool _begun;
    private Task? _left;

    /// <summary>The mechanism, as on the wire.</summary>
    public string Mechanism => server.Mechanism;

    /// <summary>Makes a step: begins with the initial response, or without one when it is null; then answers a challenge. The response is cleared.</summary>
    public async ValueTask<SaslServerStep> StepAsync(byte[]? response, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, parts.Time);
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
            ServerLog.StoreTooSlow(parts.Logger, parts.Session.Id, Mechanism);
            return Unavailable;
        }
        catch (Exception exception)
        {
            ServerLog.HandlerFailed(parts.Logger, parts.Session.Id, $"SaslServer ({Mechanism})", exception);
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
            server.Dispose();
        else
            _ = DisposeLaterAsync(_left);
    }

    private async Task<SaslServerStep> TakeAsync(byte[]? response, CancellationToken cancellationToken)
    {
        try
        {
            if (_begun)
                return await server.RespondAsync(response, cancellationToken).ConfigureAwait(false);
            _begun = true;
            return response is null
                ? await server.StartAsync(cancellationToken).ConfigureAwait(false)
                : await server.StartWithAsync(response, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(response);
        }
    }

    private async Task DisposeLaterAsync(Task left)
    {
        await left.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        server.Dispose();
    }
}
