using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Mail.Security;
using Mail.Security.Dane;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace DaneCheck.Tests;

/// <summary>A DNS server, a mail exchanger for mx.example.com, and the command as a process of its own.</summary>
internal sealed class CheckWorld : IAsyncDisposable
{
    public const string Domain = "example.com";
    public const string Host = "mx.example.com";

    public static readonly string Program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "DaneCheck.exe" : "DaneCheck");

    private readonly TestCertificateAuthority _root = TestCertificateAuthority.CreateRoot();
    private readonly ScriptedSmtpPeer _peer;

    public CheckWorld(DnsSecurity security = DnsSecurity.Secure, MailExchangerOptions? behaviour = null, SubmissionTls tls = SubmissionTls.StartTls)
    {
        Authority = _root.CreateIntermediate();             // a root may be left out of what is sent
        Certificate = Authority.Issue(Host);
        _peer = ScriptedSmtpPeer.StartMailExchanger(behaviour ?? new MailExchangerOptions { ImplicitTls = tls == SubmissionTls.Implicit, Tls = new SmtpPeerTls(Certificate) { Chain = Authority.Chain } });
        Dns.AddZone(Domain, security).AddMx(Domain, 10, Host).AddAddress(Host, "127.0.0.1");
    }

    public LoopbackDnsServer Dns { get; } = new();

    public TestCertificateAuthority Authority { get; }

    public X509Certificate2 Certificate { get; }

    public int Port => _peer.EndPoint.Port;

    public string TlsaName => TlsaRecordMaker.OwnerName(DomainName.Parse(Host), (ushort)Port).Ascii;

    /// <summary>Publishes the record of a certificate; null for that of the server.</summary>
    public CheckWorld Publish(TlsaUsage usage = TlsaUsage.DaneEe, X509Certificate2? of = null)
    {
        Dns.AddTlsa(TlsaName, TlsaRecordMaker.FromCertificate(of ?? Certificate, usage).ToString());
        return this;
    }

    public string[] CheckArguments(params string[] more) =>
        [Domain, "--resolver", Dns.EndPoint.ToString(), "--port", Port.ToString(CultureInfo.InvariantCulture), "--timeout", "5", .. more];

    public Task<(int Code, string Output, string Error)> CheckAsync(params string[] more) => RunAsync(CheckArguments(more));

    public async Task<(int Code, JsonElement Report)> CheckJsonAsync(params string[] more)
    {
        var (code, output, error) = await CheckAsync(["--json", .. more]);
        Assert.Equal("", error);
        return (code, JsonDocument.Parse(output).RootElement);
    }

    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _peer.DisposeAsync();
        await Dns.DisposeAsync();
        Certificate.Dispose();
        Authority.Dispose();
        _root.Dispose();
    }
}
