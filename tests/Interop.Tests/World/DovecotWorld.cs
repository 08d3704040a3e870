using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mail.Security.Sasl;

namespace Interop.Tests;

/// <summary>
/// Dovecot's submission server with every mechanism it has, which passes what it takes on to a server under test. It knows Ann and Uwe in clear, Kim and Lea by what
/// SCRAM-SHA-256 stores, whoever shows the certificate, and tokens signed by <see cref="TokenKey"/>. It binds no login to its channel: no -PLUS name is offered.
/// </summary>
public sealed class DovecotWorld : IAsyncLifetime
{
    internal const string CertificateName = "cert@client.test";

    private static readonly string? WhyNot = ClientWorld.WhyNoServer("dovecot", "doveadm") ?? (File.Exists("/usr/lib/dovecot/submission-login") ? null : "not installed: dovecot-submissiond");

    private readonly ClientWorld _files = new();
    private Process? _process;
    private StringBuilder _output = new();

    internal static IPEndPoint Submission { get; } = IPEndPoint.Parse("127.0.29.1:587");

    internal static IPEndPoint Submissions { get; } = IPEndPoint.Parse("127.0.29.1:465");

    /// <summary>The certificate that is an account.</summary>
    internal static X509Certificate2 ClientCertificate { get; } = MakeCertificate();

    /// <summary>The key of tokens that are accepted.</summary>
    internal static byte[] TokenKey { get; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>Where what Dovecot took arrives.</summary>
    internal RecordingServer Relay { get; private set; } = null!;

    /// <summary>What Dovecot logged.</summary>
    internal string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string Folder => _files.Folder("dovecot");

    private string LogFile => Path.Combine(Folder, "log");

    internal static void Require() => Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (WhyNot is not null)
            return;
        Relay = await RecordingServer.StartAsync(options => options.Tls = null);
        foreach (var part in new[] { "base", "state", "home", "keys/default/HS256" })
            Directory.CreateDirectory(Path.Combine(Folder, part));
        (await Command.RunAsync("chown", ["65534:65534", Path.Combine(Folder, "home")])).Check("chown");
        await WriteAsync("server.pem", ClientWorld.CertificatePem);
        await WriteAsync("clients.pem", ClientCertificate.ExportCertificatePem());
        await WriteAsync("keys/default/HS256/default", Convert.ToBase64String(TokenKey));
        await WriteAsync("oauth2.conf", $"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={Folder}/keys/\nusername_attribute = sub\n");
        await WriteAsync("users", $"{Accounts.Ann}:{{PLAIN}}{Accounts.Password}\n{Accounts.Uwe}:{{PLAIN}}{Accounts.PasswordOf(Accounts.Uwe)}\n"
            + $"{Accounts.Kim}:{await StoredAsync()}\n{Accounts.Lea}:{await StoredAsync()}\n{CertificateName}:::::::nopassword=y\n");
        await WriteAsync("dovecot.conf", Configuration());
        _process = Command.Start("dovecot", ["-F", "-c", Path.Combine(Folder, "dovecot.conf")], Folder, out _output);
        await WaitUntilListeningAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            if (!process.HasExited)
                await Command.RunAsync("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
            process.Dispose();
            await Relay.DisposeAsync();
        }
        _files.Dispose();
    }

    /// <summary>A token for a name that this Dovecot accepts, unless it has expired or somebody else signed it.</summary>
    internal static SaslToken TokenFor(string name, TimeSpan lifetime, byte[]? key = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var text = Encoded("""{"alg":"HS256","typ":"JWT"}""") + "." + Encoded(FormattableString.Invariant($$"""{"sub":"{{name}}","iat":{{now - 10}},"exp":{{now + (long)lifetime.TotalSeconds}}}"""));
        return new SaslToken($"{text}.{System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(key ?? TokenKey, Encoding.ASCII.GetBytes(text)))}");

        static string Encoded(string json) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={CertificateName}", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
    }

    private static async Task<string> StoredAsync() => (await Command.RunAsync("doveadm", ["pw", "-s", "SCRAM-SHA-256", "-p", Accounts.Password])).Check("doveadm pw").Output.Trim();

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(Folder, name), text);

    // The penalty of failed logins and its delay are off: they would be most of the time of the tests.
    private string Configuration() => $$"""
        base_dir = {{Folder}}/base
        state_dir = {{Folder}}/state
        instance_name = {{Path.GetFileName(Path.GetDirectoryName(Folder))}}
        log_path = {{LogFile}}
        auth_verbose = yes
        auth_debug = yes
        protocols = submission
        listen = {{Submission.Address}}
        hostname = dovecot.test
        ssl = yes
        ssl_cert = <{{Folder}}/server.pem
        ssl_key = <{{Folder}}/server.pem
        ssl_ca = <{{Folder}}/clients.pem
        ssl_verify_client_cert = yes
        ssl_require_crl = no
        ssl_cert_username_field = commonName
        auth_ssl_username_from_cert = yes
        auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256 oauthbearer xoauth2 external
        auth_failure_delay = 0
        disable_plaintext_auth = yes
        mail_location = maildir:{{Folder}}/home/%u
        first_valid_uid = 1
        submission_relay_host = 127.0.0.1
        submission_relay_port = {{Relay.Port}}
        submission_relay_ssl = no
        service submission-login {
          inet_listener submission {
            port = {{Submission.Port}}
          }
          inet_listener submissions {
            port = {{Submissions.Port}}
            ssl = yes
          }
        }
        service anvil {
          unix_listener anvil-auth-penalty {
            mode = 0
          }
        }
        passdb {
          driver = passwd-file
          mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256 external
          args = scheme=PLAIN username_format=%u {{Folder}}/users
        }
        passdb {
          driver = oauth2
          mechanisms = oauthbearer xoauth2
          args = {{Folder}}/oauth2.conf
        }
        userdb {
          driver = static
          args = uid=65534 gid=65534 home={{Folder}}/home/%u
        }

        """;

    private async Task WaitUntilListeningAsync()
    {
        for (var attempt = 0; attempt < 300 && !_process!.HasExited; attempt++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(Submissions);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }
        lock (_output)
            throw new InvalidOperationException($"Dovecot did not come up: {_output}{Log}");
    }
}
