using System.Text;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Interop.Tests.Clients;

/// <summary>MailKit as the client.</summary>
public sealed class MailKitTests
{
    private static readonly FormatOptions Format = Options();

    public static TheoryData<string, bool, bool> Ways => new MatrixTheoryData<string, bool, bool>(["plain", "empty", "dots", "dot-first", "dot-last", "998", "8bit", "large"], [true, false], [true, false]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Ways)), Trait("rfc", "3030#2"), Trait("rfc", "2920#3.1")]
    public async Task Send_AnyLetter_ArrivesToTheByte(string name, bool pipelining, bool chunks)
    {
        await using var server = await RecordingServer.StartAsync();
        using var client = await ConnectAsync(server, chunks ? SecureSocketOptions.None : SecureSocketOptions.StartTls);
        client.Binary = chunks;
        if (!pipelining)
            client.Capabilities &= ~SmtpCapabilities.Pipelining;
        var letter = Letter.Make(name);
        using var message = await MimeMessage.LoadAsync(new MemoryStream(letter.Content), Token);

        var turns = name == "large" ? 1 : 2;
        for (var turn = 1; turn <= turns; turn++)
        {
            var answer = await client.SendAsync(Format, message, new MailboxAddress("", "ann@a.test"), [new MailboxAddress("", "bob@b.test"), new MailboxAddress("", "eve@b.test")], Token);
            Assert.Equal("2.0.0 kept", answer);
        }
        await client.DisconnectAsync(quit: true, Token);

        foreach (var arrival in await server.TakeAllAsync(turns))
        {
            arrival.AssertIs(letter.Content, letter.Mark);
            Assert.Equal(("ann@a.test", "bob@b.test eve@b.test"), (arrival.Envelope.ReversePath.ToString(), arrival.Recipients()));
            Assert.Equal(chunks ? "" : "TLS1.3", arrival.Tls);
            Assert.Equal(name == "8bit" ? "EightBitMime" : "SevenBit", arrival.Mail());
        }
        if (!chunks)
            return;
        Assert.Equal("BDAT", server.Tap.Transfer(letter.Mark));
        Assert.Equal(pipelining, server.Tap.IsPipelined(letter.Mark));
    }

    [Fact, Trait("rfc", "3030#3")]
    public async Task Send_BinaryPart_AsBinaryMimeByChunks()
    {
        await using var server = await RecordingServer.StartAsync();
        using var client = await ConnectAsync(server);
        var bytes = new byte[100_000];
        new Random(1).NextBytes(bytes);
        using var message = new MimeMessage(new HeaderList { { "X-Test", "binary" }, { "From", "ann@a.test" }, { "To", "bob@b.test" } });
        message.Body = new MimePart("application", "octet-stream") { Content = new MimeContent(new MemoryStream(bytes)), ContentTransferEncoding = ContentEncoding.Binary };

        await client.SendAsync(Format, message, Token);
        await client.DisconnectAsync(quit: true, Token);

        var arrival = await server.TakeAsync("X-Test: binary");
        Assert.Equal(("BinaryMime", "BDAT"), (arrival.Mail(), server.Tap.Transfer("X-Test: binary")));
        Assert.True(arrival.Content.AsSpan().EndsWith(bytes));
    }

    [Theory, Trait("rfc", "6531#3.4")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_International_AddressesArrive(bool pipelining)
    {
        await using var server = await RecordingServer.StartAsync();
        using var client = await ConnectAsync(server);
        if (!pipelining)
            client.Capabilities &= ~SmtpCapabilities.Pipelining;
        var format = Options();
        format.International = true;
        using var message = new MimeMessage(new HeaderList { { "X-Test", "utf8" }, { "From", "\u00E4nn@a.test" }, { "To", "b\u00F6b@b.test" }, { "Subject", "\u20AC" } });
        message.Body = new TextPart("plain") { Text = "\u00E4\r\n" };

        await client.SendAsync(format, message, new MailboxAddress("", "\u00E4nn@a.test"), [new MailboxAddress("", "b\u00F6b@b.test")], Token);

        var arrival = await server.TakeAsync("X-Test: utf8");
        Assert.Equal(("\u00E4nn@a.test", "b\u00F6b@b.test", "UTF8SMTP"), (arrival.Envelope.ReversePath.ToString(), arrival.Recipients(), arrival.Protocol));
        Assert.Contains("Subject: \u20AC\r\n", Encoding.UTF8.GetString(arrival.Content), StringComparison.Ordinal);
    }

    [Theory, Trait("rfc", "3461#4")]
    [InlineData(DeliveryStatusNotification.Never, DeliveryStatusNotificationType.HeadersOnly, "SevenBit RET=HeadersOnly ENVID=id-1", "bob@b.test NOTIFY=Never ORCPT=rfc822;bob@b.test")]
    [InlineData(DeliveryStatusNotification.Success | DeliveryStatusNotification.Delay, DeliveryStatusNotificationType.Full, "SevenBit RET=Full ENVID=id-1", "bob@b.test NOTIFY=Success,Delay ORCPT=rfc822;bob@b.test")]
    public async Task Send_WithDsn_ParametersArrive(DeliveryStatusNotification notify, DeliveryStatusNotificationType returned, string mail, string recipient)
    {
        await using var server = await RecordingServer.StartAsync();
        using var client = await ConnectAsync(server);
        (client.Notify, client.DeliveryStatusNotificationType) = (notify, returned);
        var letter = Letter.Make("plain");
        using var message = await MimeMessage.LoadAsync(new MemoryStream(letter.Content), Token);

        await client.SendAsync(Format, message, new MailboxAddress("", "ann@a.test"), [new MailboxAddress("", "bob@b.test")], Token);

        var arrival = await server.TakeAsync(letter.Mark);
        Assert.Equal((mail, recipient), (arrival.Mail(), arrival.Recipients()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_CancelledInTheMiddle_NothingArrivesAndTheServerGoesOn(bool chunks)
    {
        await using var server = await RecordingServer.StartAsync();
        using (var client = await ConnectAsync(server))
        {
            client.Binary = chunks;
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
            using var message = await MimeMessage.LoadAsync(new MemoryStream(Letter.Make("large").Content), Token);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(Format, message, new MailboxAddress("", "cancelled@a.test"), [new MailboxAddress("", "bob@b.test")], cancel.Token, new CancelAt(cancel, 1024 * 1024)));
        }
        Assert.True(await server.WaitForAbortAsync("cancelled@a.test"));

        var letter = Letter.Make("plain");
        using (var client = await ConnectAsync(server))
        using (var message = await MimeMessage.LoadAsync(new MemoryStream(letter.Content), Token))
            await client.SendAsync(Format, message, new MailboxAddress("", "ann@a.test"), [new MailboxAddress("", "bob@b.test")], Token);
        Assert.Equal(1, server.Count);
    }

    [Theory, Trait("rfc", "8314#3.3"), Trait("rfc", "3207#4")]
    [InlineData(SecureSocketOptions.StartTls)]
    [InlineData(SecureSocketOptions.SslOnConnect)]
    public async Task Connect_UnderTls_VerifiesTheName(SecureSocketOptions security)
    {
        await using var server = await RecordingServer.StartAsync(tlsStart: security == SecureSocketOptions.SslOnConnect ? Mail.Security.SmtpServer.TlsStart.Immediately : default);
        using var client = await ConnectAsync(server, security);
        Assert.Equal((true, System.Security.Authentication.SslProtocols.Tls13), (client.IsSecure, client.SslProtocol));
        await client.NoOpAsync(Token);
        await client.DisconnectAsync(quit: true, Token);
    }

    private static async Task<MailKitClient> ConnectAsync(RecordingServer server, SecureSocketOptions security = SecureSocketOptions.None)
    {
        var client = new MailKitClient { LocalDomain = "client.test", CheckCertificateRevocation = false, DeliveryStatusNotificationType = DeliveryStatusNotificationType.Unspecified };
        client.ServerCertificateValidationCallback = (_, certificate, _, errors) =>
            certificate is not null && !errors.HasFlag(System.Net.Security.SslPolicyErrors.RemoteCertificateNameMismatch) && certificate.GetRawCertData().AsSpan().SequenceEqual(ClientWorld.Certificate.RawData);
        await client.ConnectAsync("localhost", server.EndPoint.Port, security, Token);
        return client;
    }

    private static FormatOptions Options()
    {
        var options = FormatOptions.Default.Clone();
        (options.NewLineFormat, options.EnsureNewLine) = (NewLineFormat.Dos, false);
        return options;
    }

    private sealed class CancelAt(CancellationTokenSource cancel, long place) : ITransferProgress
    {
        public void Report(long bytesTransferred, long totalSize) => Report(bytesTransferred);

        public void Report(long bytesTransferred)
        {
            if (bytesTransferred >= place)
                cancel.Cancel();
        }
    }
}
