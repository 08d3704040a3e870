using System.Net.Sockets;
using System.Text;

namespace Mail.Security.Benchmarks.Soak;

/// <summary>A client that does one thing wrong on each connection. The server must be rid of it in time, whatever it does.</summary>
internal static class BadClient
{
    private static readonly TimeSpan Drip = TimeSpan.FromMilliseconds(300);

    private delegate Task Misdeed(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken);

    private static readonly Misdeed[] Misdeeds =
        [DribbleCommandAsync, DribbleContentAsync, NeverReadAsync, LeaveInContentAsync, GarbageAsync, LongLineAsync, ShortChunkAsync, SilentTlsAsync, BrokenTlsAsync, ResetAsync];

    public static async Task RunAsync(int number, SoakClients clients, CancellationToken stop)
    {
        for (var turn = number; !stop.IsCancellationRequested; turn++)
        {
            var misdeed = Misdeeds[turn % Misdeeds.Length];
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(clients.Limit);
            try
            {
                await using var connection = await SoakConnection.OpenAsync(clients.Port, limit.Token);
                connection.Patience = limit;
                await misdeed(connection, clients, limit.Token);
                clients.MisbehavedOnce();
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                clients.Problem($"{misdeed.Method.Name}: the server did not end the session within {clients.Limit.TotalSeconds} s");
            }
            catch (InvalidDataException exception)
            {
                clients.Problem($"{misdeed.Method.Name}: {exception.Message}");
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                clients.MisbehavedOnce();       // the server closed first: that is its right
            }
        }
    }

    private static async Task DribbleCommandAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        await connection.GreetAsync(cancellationToken);
        await DripAsync(connection, "MAIL FROM:<" + new string('a', 400), cancellationToken);
    }

    private static async Task DribbleContentAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        await BeginContentAsync(connection, cancellationToken);
        await DripAsync(connection, string.Concat(Enumerable.Repeat("a\r\n", 200)), cancellationToken);
    }

    // Asks for long replies, with a message now and then so that no other limit ends the session, until nothing more fits between the two; then it
    // waits to be thrown out. Its time runs from the last bytes that were taken: how long it takes to fill the buffers is the machine's affair.
    private static async Task NeverReadAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        connection.Socket.ReceiveBufferSize = 4096;
        var message = $"MAIL FROM:<{CheckedMessage.Unread}>\r\nRCPT TO:<b@sink.example>\r\nBDAT 3 LAST\r\n.\r\n";
        var many = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("EHLO client.load.example\r\n", 90)) + message);
        while (true)
        {
            await connection.WriteAsync(many, cancellationToken);
            connection.Patience?.CancelAfter(clients.Limit);
        }
    }

    private static async Task LeaveInContentAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        await BeginContentAsync(connection, cancellationToken);
        await connection.WriteAsync(clients.Message().Wire.AsMemory(..^5), cancellationToken);
    }

    private static async Task GarbageAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        var garbage = new byte[4000];
        Random.Shared.NextBytes(garbage);
        await connection.ExpectAsync(220, cancellationToken);
        await connection.WriteAsync(garbage, cancellationToken);
        await connection.ReadToEndAsync(cancellationToken);
    }

    private static async Task LongLineAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        await connection.GreetAsync(cancellationToken);
        await connection.WriteAsync($"NOOP {new string('x', 20_000)}\r\n", cancellationToken);
        await connection.ExpectAsync(500, cancellationToken);
        await connection.WriteAsync(new string('x', 20_000), cancellationToken);
        await connection.ReadToEndAsync(cancellationToken);
    }

    private static async Task ShortChunkAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        await connection.GreetAsync(cancellationToken);
        await connection.WriteAsync("MAIL FROM:<a@load.example>\r\nRCPT TO:<b@sink.example>\r\nBDAT 100000 LAST\r\nnot so many", cancellationToken);
        await connection.ExpectAsync(250, cancellationToken);
        await connection.ExpectAsync(250, cancellationToken);
        await connection.ReadToEndAsync(cancellationToken);
    }

    private static async Task SilentTlsAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        await connection.GreetAsync(cancellationToken);
        await connection.SayAsync("STARTTLS\r\n", 220, cancellationToken);
        await connection.ReadToEndAsync(cancellationToken);
    }

    private static async Task BrokenTlsAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        await connection.GreetAsync(cancellationToken);
        await connection.SayAsync("STARTTLS\r\n", 220, cancellationToken);
        await connection.WriteAsync(new string('z', 500), cancellationToken);
        // What comes back is an alert of TLS, not a reply.
        var buffer = new byte[512];
        while (await connection.Socket.ReceiveAsync(buffer, cancellationToken) > 0)
            continue;
    }

    private static async Task ResetAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        await BeginContentAsync(connection, cancellationToken);
        await connection.WriteAsync("Subject: cut\r\n\r\n", cancellationToken);
        connection.Reset();
    }

    private static async Task BeginContentAsync(SoakConnection connection, CancellationToken cancellationToken)
    {
        await connection.GreetAsync(cancellationToken);
        await connection.WriteAsync("MAIL FROM:<a@load.example>\r\nRCPT TO:<b@sink.example>\r\nDATA\r\n", cancellationToken);
        await connection.ExpectAsync(250, cancellationToken);
        await connection.ExpectAsync(250, cancellationToken);
        await connection.ExpectAsync(354, cancellationToken);
    }

    private static async Task DripAsync(SoakConnection connection, string text, CancellationToken cancellationToken)
    {
        var end = connection.ReadToEndAsync(cancellationToken);
        for (var at = 0; at < text.Length && !end.IsCompleted; at++)
        {
            await connection.WriteAsync(text.Substring(at, 1), cancellationToken);
            await Task.WhenAny(end, Task.Delay(Drip, cancellationToken));
        }
        if (await end is not 421 and var code)
            throw new InvalidDataException($"{code} in place of 421 at the end of patience");
    }
}
