using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Mail.Security;
using Mail.Security.Hosting;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;
using Mail.Security.Testing;

namespace Interop.Tests;

/// <summary>What the TLS of a listener offers, as the openssl command sees it. It needs openssl only.</summary>
public sealed partial class TlsOpensslTests : IAsyncLifetime
{
    // The documented list (SmtpServerTls): an ephemeral key exchange and authenticated encryption.
    private static readonly string[] SuitesOfRsa = ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"];
    private static readonly string[] SuitesOfEcdsa = ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"];
    private static readonly string[] SuitesOfTls13 = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];

    private readonly TestCertificateAuthority _authority = TestCertificateAuthority.CreateRoot();
    private readonly List<X509Certificate2> _issued = [];
    private readonly List<SmtpListener> _listeners = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("mail-security-openssl-").FullName;
    private SmtpServerTls _tls = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(Command.Find("openssl") is null, "openssl is not installed");
        _tls = new SmtpServerTls(new SmtpServerCertificates(
            Issue("mx.example", TestKeyType.EcdsaP256), [Issue("rsa.example", TestKeyType.Rsa2048), Issue("*.wild.example", TestKeyType.EcdsaP256)]));
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("-tls1", "TLSv1", false)]
    [InlineData("-tls1_1", "TLSv1.1", false)]
    [InlineData("-tls1_2", "TLSv1.2", true)]
    [InlineData("-tls1_3", "TLSv1.3", true)]
    [Trait("rfc", "8996#5")]
    public async Task Version_FromTls12On_IsTaken(string version, string name, bool taken)
    {
        var output = await ConnectAsync("mx.example", version, "-cipher", "ALL:@SECLEVEL=0");

        Assert.Equal(taken, output.Contains($"New, {name}, Cipher is ", StringComparison.Ordinal));
        Assert.Equal(!taken, output.Contains("alert protocol version", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rsa.example")]
    [InlineData("mx.example")]
    [Trait("rfc", "9325#4.2")]
    public async Task CipherSuites_OfTls12_AreThoseDocumented(string name)
    {
        var taken = new List<string>();
        while (await NegotiateAsync(name, "-tls1_2", "-cipher", string.Join(':', ["ALL:COMPLEMENTOFALL", .. taken.Select(suite => "!" + suite), "@SECLEVEL=0"])) is { } suite)
            taken.Add(suite);

        Assert.Equal(name == "rsa.example" ? SuitesOfRsa : SuitesOfEcdsa, taken.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task CipherSuites_OfTls13_AreThoseDocumented()
    {
        foreach (var suite in SuitesOfTls13)
            Assert.Equal(suite, await NegotiateAsync("mx.example", "-tls1_3", "-ciphersuites", suite));
        Assert.Null(await NegotiateAsync("mx.example", "-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256"));
    }

    [Theory]
    [InlineData("mx.example", "mx.example")]
    [InlineData("rsa.example", "rsa.example")]
    [InlineData("RSA.example", "rsa.example")]
    [InlineData("a.wild.example", "*.wild.example")]
    [InlineData("a.b.wild.example", "mx.example")]
    [InlineData("unknown.example", "mx.example")]
    [InlineData(null, "mx.example")]
    [Trait("rfc", "6066#3")]
    public async Task ServerName_ShowsItsCertificateOrTheDefault(string? asked, string shown)
    {
        foreach (var version in (string[])["-tls1_2", "-tls1_3"])
        {
            var output = await ConnectAsync(asked, version);
            Assert.Contains($"subject=CN = {shown}\n", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
            Assert.Contains("221 2.0.0", output, StringComparison.Ordinal);
            Assert.DoesNotContain("alert", output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("-tls1_2", TlsResumption.Off)]
    [InlineData("-tls1_3", TlsResumption.Off)]
    [InlineData("-tls1_2", TlsResumption.On)]
    [InlineData("-tls1_3", TlsResumption.On)]
    public async Task Session_IsResumedOnlyWhereThatIsAskedFor(string version, TlsResumption resumption)
    {
        _tls = new SmtpServerTls(_tls.Certificates) { Resumption = resumption };
        var ticket = Path.Combine(_folder, "session.pem");

        var first = await ConnectAsync("mx.example", version, "-sess_out", ticket);
        var second = File.Exists(ticket) ? await ConnectAsync("mx.example", version, "-sess_in", ticket) : await ConnectAsync("mx.example", version);

        Assert.Contains("221 2.0.0", second, StringComparison.Ordinal);
        Assert.Equal(resumption == TlsResumption.On, second.Contains("Reused, TLSv1.", StringComparison.Ordinal));
        // The library sends tickets of TLS 1.3 whatever it is told; without resumption there is nothing behind them.
        if (resumption == TlsResumption.Off && version == "-tls1_2")
        {
            Assert.DoesNotContain("TLS session ticket:", first, StringComparison.Ordinal);
            Assert.DoesNotMatch("Session-ID: [0-9A-F]", first);
        }
    }

    [Fact]
    public async Task RenegotiationAndCompression_AreOff()
    {
        var output = await ConnectAsync("mx.example", "-tls1_2", "-comp");
        Assert.Contains("Compression: NONE", output, StringComparison.Ordinal);

        var again = (await Command.RunAsync("openssl", await ArgumentsAsync("mx.example", "-tls1_2"), input: "R\n", cancellationToken: Token)).Output;
        Assert.Contains("RENEGOTIATING", again, StringComparison.Ordinal);
        Assert.Contains("error:", again[again.IndexOf("RENEGOTIATING", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chain_IsSentAsItWasGiven()
    {
        using var intermediate = _authority.CreateIntermediate();
        var leaf = intermediate.Issue("chain.example");
        _issued.Add(leaf);
        _tls = new SmtpServerTls(leaf, [intermediate.Certificate]);

        var output = await ConnectAsync("chain.example", "-showcerts");

        Assert.Equal(2, Regex.Count(output, "-----BEGIN CERTIFICATE-----"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
            await listener.DisposeAsync();
        _issued.ForEach(certificate => certificate.Dispose());
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string?> NegotiateAsync(string name, params string[] more) =>
        CipherIs().Match(await ConnectAsync(name, more)) is { Success: true, Groups: [_, var suite] } && suite.Value != "(NONE)" ? suite.Value : null;

    private async Task<string> ConnectAsync(string? name, params string[] more) =>
        (await Command.RunAsync("openssl", [.. await ArgumentsAsync(name, more), "-ign_eof"], input: "QUIT\r\n", cancellationToken: Token)).Output;

    private async Task<string[]> ArgumentsAsync(string? name, params string[] more)
    {
        if (_listeners.Count == 0)
            await ListenAsync();
        return ["s_client", "-connect", _listeners[0].EndPoints[0].ToString()!, "-starttls", "smtp", .. name is null ? (string[])["-noservername"] : ["-servername", name], .. more];
    }

    private async Task ListenAsync()
    {
        var options = new SmtpListenerOptions { Server = { HostName = DomainName.Parse("mx.example"), Tls = _tls } };
        options.Endpoints.Add(new(new IPEndPoint(IPAddress.Loopback, 0)));
        var listener = new SmtpListener(options, new NoMail());
        _listeners.Add(listener);
        await listener.StartAsync(Token);
    }

    private SmtpServerCertificate Issue(string name, TestKeyType key)
    {
        var certificate = _authority.Issue(new TestCertificateSpec { DnsNames = [name], KeyType = key });
        _issued.Add(certificate);
        return new SmtpServerCertificate(certificate);
    }

    [GeneratedRegex("^New, [^,]+, Cipher is (\\S+)", RegexOptions.Multiline)]
    private static partial Regex CipherIs();

    private sealed class NoMail : SmtpHandler
    {
        public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken) =>
            new(new SmtpRefusal(450, new(4, 2, 1), "no mail here"));
    }
}
