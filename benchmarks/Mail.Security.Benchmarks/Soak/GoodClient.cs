using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Mail.Security.Benchmarks.Soak;

/// <summary>A client that does everything right, in one of the ways the protocol allows; every reply must be the right one.</summary>
internal static class GoodClient
{
    private const int MostMessages = 12;
    private const int ChunkSize = 3000;

    private delegate Task Way(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken);

    private static readonly Way[] Ways = [LockStepAsync, OneWriteAsync, PipelinedAsync, ChunkedAsync, InPiecesAsync];

    public static async Task RunAsync(SoakClients clients, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(clients.Limit);
            var way = Ways[Random.Shared.Next(Ways.Length)];
            try
            {
                await OneSessionAsync(way, clients, limit.Token);
            }
            catch (Exception exception) when (exception is IOException or SocketException or InvalidDataException or AuthenticationException or OperationCanceledException)
            {
                if (!stop.IsCancellationRequested)
                    clients.Problem($"{way.Method.Name}: {exception.GetType().Name}: {exception.Message}");
            }
        }
    }

    private static async Task OneSessionAsync(Way way, SoakClients clients, CancellationToken cancellationToken)
    {
        await using var connection = await SoakConnection.OpenAsync(clients.Port, cancellationToken);
        await connection.GreetAsync(cancellationToken);
        if (Random.Shared.Next(8) == 0)
            await connection.StartTlsAsync(cancellationToken);
        for (var left = Random.Shared.Next(1, MostMessages + 1); left > 0; left--)
            await way(connection, clients, cancellationToken);
        await connection.SayAsync("QUIT\r\n", 221, cancellationToken);
        if (await connection.ReadToEndAsync(cancellationToken) is not 0 and var more)
            throw new InvalidDataException($"{more} after the reply to QUIT");
    }

    private static async Task LockStepAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        var message = clients.Message();
        await connection.SayAsync(Mail(message), 250, cancellationToken);
        await connection.SayAsync("RCPT TO:<bob@sink.example>\r\n", 250, cancellationToken);
        await connection.SayAsync("DATA\r\n", 354, cancellationToken);
        await connection.WriteAsync(message.Wire, cancellationToken);
        await TakenAsync(connection, clients, cancellationToken);
    }

    private static async Task OneWriteAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        var message = clients.Message();
        await connection.WriteAsync(Envelope(message), cancellationToken);
        await EnvelopeTakenAsync(connection, cancellationToken);
        await connection.WriteAsync(message.Wire, cancellationToken);
        await TakenAsync(connection, clients, cancellationToken);
    }

    private static async Task PipelinedAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        var (first, second) = (clients.Message(), clients.Message());
        await connection.WriteAsync(Envelope(first), cancellationToken);
        await EnvelopeTakenAsync(connection, cancellationToken);
        await connection.WriteAsync((byte[])[.. first.Wire, .. Encoding.ASCII.GetBytes($"RSET\r\nNOOP\r\n{Envelope(second)}")], cancellationToken);
        await TakenAsync(connection, clients, cancellationToken);
        await connection.ExpectAsync(250, cancellationToken);
        await connection.ExpectAsync(250, cancellationToken);
        await EnvelopeTakenAsync(connection, cancellationToken);
        await connection.WriteAsync(second.Wire, cancellationToken);
        await TakenAsync(connection, clients, cancellationToken);
    }

    private static async Task ChunkedAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        var message = clients.Message();
        await connection.WriteAsync($"{Mail(message)}RCPT TO:<bob@sink.example>\r\n", cancellationToken);
        await connection.ExpectAsync(250, cancellationToken);
        await connection.ExpectAsync(250, cancellationToken);
        for (var at = 0; at < message.Content.Length; at += ChunkSize)
        {
            var chunk = message.Content.AsMemory(at, Math.Min(ChunkSize, message.Content.Length - at));
            await connection.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"BDAT {chunk.Length}\r\n")), .. chunk.Span], cancellationToken);
            await connection.ExpectAsync(250, cancellationToken);
        }
        await connection.WriteAsync("BDAT 0 LAST\r\n", cancellationToken);
        await TakenAsync(connection, clients, cancellationToken);
    }

    private static async Task InPiecesAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        var message = clients.Message();
        await connection.WriteAsync(Envelope(message), cancellationToken);
        await EnvelopeTakenAsync(connection, cancellationToken);
        for (var at = 0; at < message.Wire.Length;)
        {
            // The end of data is cut in every way.
            var most = message.Wire.Length - at < 16 ? 3 : 20_000;
            var length = Math.Min(Random.Shared.Next(1, most), message.Wire.Length - at);
            await connection.WriteAsync(message.Wire.AsMemory(at, length), cancellationToken);
            at += length;
        }
        await TakenAsync(connection, clients, cancellationToken);
    }

    private static string Mail(CheckedMessage message) => $"MAIL FROM:<{message.Sender}>\r\n";

    private static string Envelope(CheckedMessage message) => $"{Mail(message)}RCPT TO:<bob@sink.example>\r\nDATA\r\n";

    private static async Task EnvelopeTakenAsync(SoakConnection connection, CancellationToken cancellationToken)
    {
        await connection.ExpectAsync(250, cancellationToken);
        await connection.ExpectAsync(250, cancellationToken);
        await connection.ExpectAsync(354, cancellationToken);
    }

    private static async Task TakenAsync(SoakConnection connection, SoakClients clients, CancellationToken cancellationToken)
    {
        await connection.ExpectAsync(250, cancellationToken);
        clients.AcknowledgedOne();
    }
}
