using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Hosting;

/// <summary>Accepts connections until it is closed, and does not give up: who accepts nothing any more looks from outside like a server that is down.</summary>
/// <param name="endPoint">The open end, for the log.</param>
/// <param name="accept">Accepts one connection.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class SocketAcceptor(EndPoint endPoint, Func<CancellationToken, ValueTask<Socket>> accept, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private TimeSpan _pause = FirstPause;

    /// <summary>The next connection; null once the token is cancelled.</summary>
    public async ValueTask<Socket?> AcceptAsync(CancellationToken closed)
    {
        while (!closed.IsCancellationRequested)
        {
            try
            {
                var socket = await accept(closed).ConfigureAwait(false);
                _pause = FirstPause;
                return socket;
            }
            catch (Exception) when (closed.IsCancellationRequested)
            {
                return null;
            }
            catch (SocketException exception) when (IsOfTheConnection(exception.SocketErrorCode))
            {
                HostingLog.ConnectionLostInQueue(logger, endPoint, exception.SocketErrorCode);
            }
            catch (Exception exception)
            {
                // No file or no memory left: both come back, but not at once.
                HostingLog.AcceptFailed(logger, endPoint, _pause, exception);
                await PauseAsync(closed).ConfigureAwait(false);
            }
        }
        return null;
    }

    private async ValueTask PauseAsync(CancellationToken closed)
    {
        await Task.Delay(_pause, time, closed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
    }

    // Linux reports what befell a connection in the queue as an error of accept; the connection is gone, and with it the error.
    private static bool IsOfTheConnection(SocketError error) => error is SocketError.ConnectionAborted or SocketError.ConnectionReset
        or SocketError.NetworkDown or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.HostUnreachable;
}
