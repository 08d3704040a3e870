using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Dnssec;

/// <summary>Questions over UDP to a server on this machine, over sockets that many of them share.</summary>
/// <remarks>
/// A source port for each question is there to be guessed by whoever sends from the server's address. From a loopback address nobody can who is not on this machine, and
/// there the server holds it: a port more proves nothing, and is a third of what a question costs. Questions to other servers have a socket each: <see cref="DatagramExchange"/>.
/// </remarks>
internal sealed class SharedDatagrams(IPEndPoint server) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<SharedSocket> _sockets = [];
    private bool _isDisposed;

    /// <summary>Asks, and waits until a message that answers the question comes; null when only others came, too many of them.</summary>
    /// <param name="question">The question.</param>
    /// <param name="mode">Which bits it carries.</param>
    /// <param name="strangers">Told of each message that may belong to another question.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<(MessageFault Fault, DnsMessage? Message)> AskAsync(Question question, DnssecMode mode, StrangerCount strangers, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiting = Place(new SharedQuestion(question, strangers));
        // What failed may be a question before this one, of which the socket tells late.
        if (await SendAsync(waiting, mode).ConfigureAwait(false) is not null)
        {
            waiting = Place(new SharedQuestion(question, strangers));
            if (await SendAsync(waiting, mode).ConfigureAwait(false) is { } fault)
                throw new SocketException((int)fault);
        }
        using (cancellationToken.UnsafeRegister(static (state, token) => ((SharedQuestion)state!).Abandon(token), waiting))
            return await waiting.Task.ConfigureAwait(false);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _sockets.ForEach(static socket => socket.Dispose());
            _sockets.Clear();
        }
    }

    private SharedQuestion Place(SharedQuestion waiting)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(DnssecResolver));
            if (_sockets.Exists(socket => socket.TryAdd(waiting)))
                return waiting;
            _sockets.RemoveAll(static socket => socket.IsAtEnd);
            var another = new SharedSocket(server);
            _sockets.Add(another);
            another.TryAdd(waiting);
            return waiting;
        }
    }

    private static async ValueTask<SocketError?> SendAsync(SharedQuestion waiting, DnssecMode mode)
    {
        try
        {
            await waiting.Socket!.SendAsync(QueryWriter.Write(waiting.Question, waiting.Id, mode)).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            waiting.Withdraw();
            waiting.Socket!.Break(exception);
            return exception is SocketException { SocketErrorCode: var error } ? error : SocketError.OperationAborted;
        }
    }
}
