using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>However the network cuts a server's bytes, the outcome is the same.</summary>
public sealed class SegmentationTests : IDisposable
{
    private static readonly string[] Recipients = ["a@mx.test", "none@mx.test", "later@mx.test", "b@mx.test"];

    private readonly TestCertificateAuthority _authority = TestCertificateAuthority.CreateRoot();

    [Property(MaxTest = 60)]
    [Trait("rfc", "2920#3.1")]
    public void SendAsync_RepliesCutAnywhere_SameOutcome(NonEmptyArray<PositiveInt> sizes, bool pipelined, bool underTls) =>
        RunAsync([.. sizes.Get.Select(size => size.Get)], pipelined, underTls).GetAwaiter().GetResult();

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public Task SendAsync_RepliesByteByByte_SameOutcome(bool pipelined, bool underTls) => RunAsync([1], pipelined, underTls);

    public void Dispose() => _authority.Dispose();

    private async Task RunAsync(IReadOnlyList<int> sizes, bool pipelined, bool underTls)
    {
        using var certificate = _authority.Issue("mx.test");
        var options = new MailExchangerOptions
        {
            Tls = underTls ? new SmtpPeerTls(certificate) : null,
            Keywords = [pipelined ? "PIPELINING" : "HELP", "SIZE 100000", "8BITMIME"],
        };
        options.On(SmtpPeerMoment.Greeting, new SmtpPeerAction.Reply("220-mx.test\n220-two\n220 three"));
        options.On(SmtpPeerMoment.Recipient, "*none@*", "550-5.1.1 no\n550-5.1.1 such\n550 5.1.1 user");
        options.On(SmtpPeerMoment.Recipient, "*later@*", "450 4.2.1 later");
        options.On(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Reply("250-2.0.0 queued\n250 2.0.0 as 1"));
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
        var socket = await Rig.ConnectAsync(peer.EndPoint);
        var stream = new LinkStream(socket, socket) { Segments = sizes };
        var opened = await SmtpClientSession.OpenAsync(stream, underTls ? Rig.StartTls : Rig.Clear, cancellationToken: Rig.Stop);
        await using var session = Assert.IsType<SessionOpenResult.Opened>(opened).Session;

        for (var round = 0; round < 2; round++)
        {
            var result = await session.SendAsync(Rig.Envelope(Recipients), Rig.Content, Rig.Stop);

            Assert.Equal("Accepted/EndOfData Refused/Recipient Deferred/Recipient Accepted/EndOfData; -; Reusable", Rig.Describe(result));
            Assert.Equal(["250 2.0.0 queued as 1", "550 5.1.1 no such user", "450 4.2.1 later", "250 2.0.0 queued as 1"], result.Recipients.Select(one => one.Reply?.ToString()));
        }
        Assert.Equal(3, session.Greeting.Lines.Count);
        Assert.Equal(100_000, session.Capabilities.MaxSize);
        await session.CloseAsync(Rig.Stop);
        Assert.All((await peer.WaitForEndAsync(1, Rig.Stop)).Messages, message => Assert.Equal("Subject: hi\r\n\r\nhello\r\n", message.Text));
    }
}
