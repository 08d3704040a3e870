using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Tls;

/// <summary>Handshakes over sockets: which certificate is shown, and what a renewal does to sessions that go on.</summary>
public sealed class ServerNameTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12, "mx.example", 0)]
    [InlineData(SslProtocols.Tls13, "mx.example", 0)]
    [InlineData(SslProtocols.Tls12, "renewed.example", 1)]
    [InlineData(SslProtocols.Tls13, "renewed.example", 1)]
    [InlineData(SslProtocols.Tls13, "unknown.example", 0)]
    [InlineData(SslProtocols.Tls13, "", 0)]                 // no name at all
    [InlineData(SslProtocols.Tls12, "", 0)]
    [Trait("rfc", "6066#3")]
    public async Task Handshake_Name_ShowsItsCertificateOrTheDefault(SslProtocols protocol, string name, int shown)
    {
        var options = Options(new SmtpServerCertificates(new(TestCertificates.First), new SmtpServerCertificate(TestCertificates.Second)));
        await using var session = await SecuredAsync(options, name, protocol);

        Assert.Equal(shown == 0 ? TestCertificates.First.Thumbprint : TestCertificates.Second.Thumbprint, Shown(session));
        Assert.StartsWith("250", await session.AskAsync("EHLO c.example\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replace_InTheMiddleOfMessages_SessionsGoOnAndTheNextHandshakeShowsTheNew()
    {
        var options = Options(new SmtpServerCertificates(new SmtpServerCertificate(TestCertificates.First)));
        var sessions = new List<SocketSession>();
        foreach (var _ in Enumerable.Range(0, 8))
        {
            var session = await SecuredAsync(options, "mx.example");
            sessions.Add(session);
            await session.AskAsync("EHLO c.example\r\n");
            await session.AskAsync(MemorySession.Mail);
            await session.AskAsync(MemorySession.Rcpt);
            Assert.StartsWith("354", await session.AskAsync(MemorySession.Data), StringComparison.Ordinal);
            await session.SendAsync("the first half\r\n");
        }

        options.Tls!.Replace(TestCertificates.Second);
        await using (var next = await SecuredAsync(options, "mx.example"))
            Assert.Equal(TestCertificates.Second.Thumbprint, Shown(next));

        foreach (var session in sessions)
        {
            Assert.Equal(TestCertificates.First.Thumbprint, Shown(session));
            Assert.StartsWith("250 2.0.0", await session.AskAsync("the second half\r\n.\r\n"), StringComparison.Ordinal);
            Assert.Contains("the first half\r\nthe second half", session.Handler.Sinks[0].Content, StringComparison.Ordinal);
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task Replace_FormerCertificate_IsLetGoWithItsLastSession()
    {
        var options = Options(new SmtpServerCertificates(new SmtpServerCertificate(TestCertificates.First)));
        var former = await UseAndReplaceAsync(options);
        await Task.Yield();         // off the stack of what used it

        for (var round = 0; round < 20 && IsAlive(former); round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(IsAlive(former));
    }

    [Fact]
    public async Task Handshake_Refused_IsCountedWithItsReason()
    {
        using var meter = new ReasonMeter();
        var options = Options(new SmtpServerCertificates(new SmtpServerCertificate(TestCertificates.First)));
        foreach (var (name, sent) in ((string, byte[])[])[("not-tls", "NOOP, NOOP and once more NOOP\r\n"u8.ToArray()), ("closed", []), ("nothing-shared", OldSuiteHello)])
        {
            await using var session = await SocketSession.StartAsync(options, metrics: meter.Metrics);
            await session.ReadAsync();
            await session.AskAsync("STARTTLS\r\n");
            await session.SendAsync(sent);
            session.CloseSending();
            await session.EndAsync();
            Assert.Equal(name, meter.Reasons[^1]);
        }
        Assert.Equal(3, meter.Reasons.Count);
    }

    [Theory]
    [InlineData("error:0A000102:SSL routines::unsupported protocol", "version")]
    [InlineData("error:0A00018C:SSL routines::version too low", "version")]
    [InlineData("error:0A0000C1:SSL routines::no shared cipher", "nothing-shared")]
    [InlineData("error:0A000065:SSL routines::no suitable key share", "nothing-shared")]
    [InlineData("error:0A000418:SSL routines::tlsv1 alert unknown ca", "alert")]
    [InlineData("error:0A000412:SSL routines::sslv3 alert bad certificate", "alert")]
    [InlineData("error:0A00009C:SSL routines::http request", "not-tls")]
    [InlineData("error:0A000126:SSL routines::unexpected eof while reading", "closed")]
    [InlineData("error:0A0000C7:SSL routines::something new", "other")]
    [InlineData("no code at all", "other")]
    public void Fault_OfTheLibrarysCode_IsNamed(string message, string label) =>
        Assert.Equal(label, HandshakeFaults.Of(new AuthenticationException("Authentication failed, see inner exception.", new InvalidOperationException(message))).ToLabel());

    // A whole ClientHello of TLS 1.2 that offers TLS_RSA_WITH_AES_128_CBC_SHA only (RFC 5246 §7.4.1.2).
    private static byte[] OldSuiteHello
    {
        get
        {
            byte[] hello = [3, 3, .. new byte[32], 0, 0, 2, 0x00, 0x2F, 1, 0];
            byte[] handshake = [1, 0, 0, (byte)hello.Length, .. hello];
            return [22, 3, 1, 0, (byte)handshake.Length, .. handshake];
        }
    }

    // On a frame of its own, so that no slot of the test's frame keeps it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsAlive(WeakReference<SmtpServerCertificate> certificate) => certificate.TryGetTarget(out _);

    private static async Task<WeakReference<SmtpServerCertificate>> UseAndReplaceAsync(SmtpServerOptions options)
    {
        await using (var session = await SecuredAsync(options, "mx.example"))
            await session.AskAsync("QUIT\r\n");
        var former = new WeakReference<SmtpServerCertificate>(options.Tls!.Certificates.Default);
        options.Tls.Replace(TestCertificates.Second);
        return former;
    }

    private static SmtpServerOptions Options(SmtpServerCertificates certificates)
    {
        var options = MemorySession.Defaults();
        options.Tls = new SmtpServerTls(certificates);
        return options;
    }

    private static string Shown(SocketSession session) => ((X509Certificate2)session.Tls!.RemoteCertificate!).Thumbprint;

    private static async Task<SocketSession> SecuredAsync(SmtpServerOptions options, string name, SslProtocols protocol = SslProtocols.None)
    {
        var session = await SocketSession.StartAsync(options);
        await session.ReadAsync();
        await session.AskAsync("STARTTLS\r\n");
        await session.SecureAsync(protocol, name);
        return session;
    }

    private sealed class ReasonMeter : IDisposable
    {
        private readonly MeterListener _listener = new();

        public ReasonMeter()
        {
            _listener.SetMeasurementEventCallback<long>((_, _, labels, _) =>
            {
                foreach (var label in labels)
                {
                    if (label.Key == "reason")
                        Reasons.Add((string)label.Value!);
                }
            });
            using var factory = new OneMeter();
            Metrics = new(factory);
            var own = factory.Meter;
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter, own) && instrument.Name == "mail.smtp.server.handshakes")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.Start();
        }

        public SmtpServerMetrics Metrics { get; }

        public List<string> Reasons { get; } = [];

        public void Dispose()
        {
            _listener.Dispose();
            Metrics.Dispose();
        }
    }

    private sealed class OneMeter : IMeterFactory
    {
        public Meter? Meter { get; private set; }

        public Meter Create(MeterOptions options) => Meter = new Meter(options);

        public void Dispose()
        {
            // The meter belongs to what was made of it.
        }
    }
}
