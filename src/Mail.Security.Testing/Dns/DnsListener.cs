using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Testing;

/// <summary>Gives the answer to one question; null for silence.</summary>
internal delegate ValueTask<DnsServerReply?> DnsResponder(DnsServerQuestion question, DnsTransport transport, CancellationToken cancellationToken);

/// <summary>The sockets of the test server, UDP and TCP on one port. Every question is answered on its own, so that one may wait.</summary>
internal sealed class DnsListener : IAsyncDisposable
{
    private const int BindAttempts = 20;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly DnsResponder _respond;
    private readonly Socket _datagrams;
    private readonly Socket _listener;
    private readonly Task _serving;

    public DnsListener(IPEndPoint listen, DnsResponder respond)
    {
        _respond = respond;
        (_listener, _datagrams) = Bind(listen);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _serving = Task.WhenAll(Task.Run(ServeDatagramsAsync), Task.Run(ServeConnectionsAsync));
    }

    public IPEndPoint EndPoint { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        _datagrams.Dispose();
        await _serving.ConfigureAwait(false);
        await Task.WhenAll(_running.Keys).ConfigureAwait(false);
        _stop.Dispose();
    }

    // One port for both: the kernel chooses it for TCP, and UDP may find it taken.
    private static (Socket Listener, Socket Datagrams) Bind(IPEndPoint listen)
    {
        for (var attempt = 1; ; attempt++)
        {
            var listener = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            var datagrams = new Socket(listen.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                listener.Bind(listen);
                datagrams.Bind(listener.LocalEndPoint!);
                listener.Listen();
                return (listener, datagrams);
            }
            catch (SocketException) when (listen.Port == 0 && attempt < BindAttempts)
            {
                listener.Dispose();
                datagrams.Dispose();
            }
            catch
            {
                listener.Dispose();
                datagrams.Dispose();
                throw;
            }
        }
    }

    private async Task ServeDatagramsAsync()
    {
        var buffer = new byte[ushort.MaxValue];
        var anyone = new IPEndPoint(EndPoint.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var got = await _datagrams.ReceiveFromAsync(buffer, SocketFlags.None, anyone, _stop.Token).ConfigureAwait(false);
                if (DnsServerQuestion.Read(buffer[..got.ReceivedBytes]) is { } question)
                    Run(() => AnswerDatagramAsync(question, got.RemoteEndPoint));
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // stopped, or the client of an earlier answer is gone: the next one counts
            }
        }
    }

    private async Task AnswerDatagramAsync(DnsServerQuestion question, EndPoint client)
    {
        if (await _respond(question, DnsTransport.Udp, _stop.Token).ConfigureAwait(false) is { } reply)
            await _datagrams.SendToAsync(reply.Message, SocketFlags.None, client, _stop.Token).ConfigureAwait(false);
    }

    private async Task ServeConnectionsAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                Run(() => ServeConnectionAsync(socket));
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // stopped, or a client that left before it was accepted
            }
        }
    }

    private async Task ServeConnectionAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        var prefix = new byte[2];
        while (await stream.ReadAtLeastAsync(prefix, 2, throwOnEndOfStream: false, _stop.Token).ConfigureAwait(false) == 2)
        {
            var message = new byte[(prefix[0] << 8) | prefix[1]];
            await stream.ReadExactlyAsync(message, _stop.Token).ConfigureAwait(false);
            if (DnsServerQuestion.Read(message) is not { } question)
                return;
            if (await _respond(question, DnsTransport.Tcp, _stop.Token).ConfigureAwait(false) is not var (answer, ending))
                continue;
            byte[] framed = [(byte)(answer.Length >> 8), (byte)answer.Length, .. answer];
            await stream.WriteAsync(ending == DnsServerEnding.Broken ? framed.AsMemory(0, framed.Length / 2) : framed, _stop.Token).ConfigureAwait(false);
            if (ending == DnsServerEnding.Broken)
                return;
        }
    }

    private void Run(Func<Task> serve)
    {
        var task = Task.Run(async () =>
        {
            try
            {
                await serve().ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // the client is gone, or the server stops
            }
        });
        _running.TryAdd(task, 0);
        _ = task.ContinueWith(ended => _running.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
