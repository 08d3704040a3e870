using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using Mail.Security.Benchmarks.Loopback.Load;
using MimeKit;

namespace Mail.Security.Benchmarks.Loopback.Client;

/// <summary>MailKit with one message that was built before, over a socket with or without Nagle's delay; without is not its default.</summary>
internal sealed class MailKitSender(SocketDelay delay) : Sender
{
    private static readonly MailboxAddress From = new("Ann", "ann@load.example");
    private static readonly MailboxAddress[] To = [new("Bob", "bob@sink.example")];

    private readonly SmtpClient _client = new() { LocalDomain = "client.load.example" };
    private MimeMessage _message = null!;

    public override async Task OpenAsync(SendPlan plan)
    {
        using var content = new MemoryStream(LoadScript.MessageOf(plan.Size, 0));
        _message = await MimeMessage.LoadAsync(content);
        var stream = new NetworkStream(await ConnectAsync(plan, delay), ownsSocket: true);
        await _client.ConnectAsync(stream, "127.0.0.1", plan.Port, SecureSocketOptions.None);
    }

    public override async Task<long> SendAsync(SendClock clock)
    {
        var count = 0L;
        do
        {
            await _client.SendAsync(_message, From, To);
            count++;
        }
        while (!clock.IsOver);
        return count;
    }

    public override ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
