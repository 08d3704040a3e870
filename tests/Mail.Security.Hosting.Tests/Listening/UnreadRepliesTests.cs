using System.Net;
using System.Net.Sockets;
using System.Text;
using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting.Tests.Listening;

/// <summary>A client that reads nothing is given up: neither its session nor its connection stays.</summary>
public sealed class UnreadRepliesTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Connection_OfAClientThatNeverReads_IsBrokenOff()
    {
        var server = new SmtpServerOptions { HostName = DomainName.Parse("mx.b.example"), MaxIdleCommands = int.MaxValue };
        server.Timeouts.Write = TimeSpan.FromMilliseconds(200);
        var options = new SmtpListenerOptions { Server = server };
        options.Endpoints.Add(new SmtpEndpoint(new IPEndPoint(IPAddress.Loopback, 0)));
        await using var listener = new SmtpListener(options, new RefusingHandler());
        await listener.StartAsync(TestContext.Current.CancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);

        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(listener.EndPoints[0], limit.Token);
        var questions = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("EHLO c.example\r\n", 1000)));
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (true)
                await client.SendAsync(questions, limit.Token);
        });
    }

    private sealed class RefusingHandler : SmtpHandler
    {
        public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, Mail.Security.Smtp.SmtpEnvelope envelope, CancellationToken cancellationToken) =>
            new(new Mail.Security.Smtp.SmtpRefusal(550, new EnhancedStatus(5, 7, 1), "Not here"));
    }
}
