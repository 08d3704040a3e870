using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Mail.Security.Testing;

/// <summary>An SMTP server on loopback that says what a test wants said: a scripted dialogue, or a mail exchanger with departures.</summary>
/// <remarks>It takes any number of connections at a time and records what each client sent. Time limits are the client's business: it waits for ever.</remarks>
public sealed class ScriptedSmtpPeer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, SmtpPeerRecord> _records = [];
    private readonly ConcurrentDictionary<int, TaskCompletionSource<SmtpPeerRecord>> _ended = [];
    private readonly ConcurrentBag<Task> _running = [];
    private readonly Socket _listener;
    private readonly SmtpPeerTls? _tls;
    private readonly Func<PeerConnection, CancellationToken, ValueTask<SmtpPeerAction>> _play;
    private readonly Task _accepting;
    private int _disposed;

    private ScriptedSmtpPeer(IPEndPoint? listen, SmtpPeerTls? tls, Func<PeerConnection, CancellationToken, ValueTask<SmtpPeerAction>> play)
    {
        (_tls, _play) = (tls, play);
        listen ??= new IPEndPoint(IPAddress.Loopback, 0);
        _listener = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(listen);
        _listener.Listen();
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    /// <summary>The address and port it listens on.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>The connections so far, in the order they came; a record grows while its connection lives.</summary>
    public IReadOnlyList<SmtpPeerRecord> Connections => [.. _records.Values.OrderBy(record => record.Number)];

    /// <summary>Starts a peer that plays a dialogue in its first connection, the next in its second, and the last in all that follow.</summary>
    /// <param name="dialogues">At least one.</param>
    /// <returns>The peer, listening on 127.0.0.1 on a port of its own.</returns>
    public static ScriptedSmtpPeer Play(params SmtpDialogue[] dialogues) => Play(dialogues, tls: null, listen: null);

    /// <summary>Starts a peer that plays scripts, as <see cref="SmtpDialogue.Parse"/> reads them.</summary>
    /// <param name="scripts">At least one; the last is for all further connections.</param>
    /// <returns>The peer, listening on 127.0.0.1 on a port of its own.</returns>
    public static ScriptedSmtpPeer Play(params string[] scripts)
    {
        ArgumentNullException.ThrowIfNull(scripts);
        return Play([.. scripts.Select(SmtpDialogue.Parse)], tls: null, listen: null);
    }

    /// <summary>Starts a peer that plays dialogues, with TLS.</summary>
    /// <param name="dialogues">At least one; the last is for all further connections.</param>
    /// <param name="tls">For the TLS steps of the dialogues.</param>
    /// <param name="listen">Where to listen; null for 127.0.0.1 on a port of its own.</param>
    /// <returns>The peer.</returns>
    public static ScriptedSmtpPeer Play(IReadOnlyList<SmtpDialogue> dialogues, SmtpPeerTls? tls, IPEndPoint? listen = null)
    {
        ArgumentNullException.ThrowIfNull(dialogues);
        if (dialogues.Count == 0)
            throw new ArgumentException("A peer needs something to say.", nameof(dialogues));
        return new ScriptedSmtpPeer(listen, tls, (connection, token) =>
            DialoguePlayer.PlayAsync(dialogues[Math.Min(connection.Record.Number, dialogues.Count) - 1], connection, token));
    }

    /// <summary>Starts a peer that behaves as a mail exchanger.</summary>
    /// <param name="options">How; null for one without TLS that accepts everything.</param>
    /// <param name="listen">Where to listen; null for 127.0.0.1 on a port of its own.</param>
    /// <returns>The peer.</returns>
    public static ScriptedSmtpPeer StartMailExchanger(MailExchangerOptions? options = null, IPEndPoint? listen = null)
    {
        options ??= new MailExchangerOptions();
        return new ScriptedSmtpPeer(listen, options.Tls, (connection, token) => new MailExchangerPlayer(options, connection).PlayAsync(token));
    }

    /// <summary>Waits until a connection has ended.</summary>
    /// <param name="number">Which, counted from 1; it need not have come yet.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Its record, complete.</returns>
    public Task<SmtpPeerRecord> WaitForEndAsync(int number, CancellationToken cancellationToken = default) => Ended(number).Task.WaitAsync(cancellationToken);

    /// <summary>Stops listening and breaks every connection that is left.</summary>
    /// <returns>When all is over.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_running).ConfigureAwait(false);
        _stop.Dispose();
    }

    private TaskCompletionSource<SmtpPeerRecord> Ended(int number) =>
        _ended.GetOrAdd(number, static _ => new TaskCompletionSource<SmtpPeerRecord>(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task AcceptAsync()
    {
        try
        {
            for (var number = 1; ; number++)
            {
                var socket = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                socket.NoDelay = true;
                var record = new SmtpPeerRecord(number);
                _records[number] = record;
                _running.Add(Task.Run(() => RunAsync(socket, record)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // stopped
        }
    }

    private async Task RunAsync(Socket socket, SmtpPeerRecord record)
    {
        var connection = new PeerConnection(socket, record, _tls);
        try
        {
            await FinishAsync(await _play(connection, _stop.Token).ConfigureAwait(false), connection).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            record.Failure = exception.Message;
        }
        finally
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            Ended(record.Number).TrySetResult(record);
        }
    }

    private async ValueTask FinishAsync(SmtpPeerAction action, PeerConnection connection)
    {
        switch (action)
        {
            case SmtpPeerAction.Reset:
                connection.Reset();
                break;
            case SmtpPeerAction.Stall:
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token).ConfigureAwait(false);
                break;
            default:
                await connection.CloseAsync(_stop.Token).ConfigureAwait(false);
                break;
        }
    }
}
