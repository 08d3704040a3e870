using System.Net;
using Mail.Security.Sasl;

namespace Interop.Tests;

/// <summary>A Postfix that logs in, by Cyrus SASL as the client, at servers under test: for each domain one that offers other mechanisms.</summary>
public sealed class PostfixLoginWorld : IAsyncLifetime
{
    internal const string WrongPassword = "wrong.test";

    private static readonly string? WhyNot = ClientWorld.WhyNoServer("postfix") ?? SaslPeer.WhyNoCyrus;

    private readonly ClientWorld _files = new();
    private readonly Dictionary<string, RecordingServer> _servers = [];

    internal static IPEndPoint Submission { get; } = IPEndPoint.Parse("127.0.30.50:25");

    internal PostfixInstance Postfix { get; private set; } = null!;

    internal static void Require() => Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");

    /// <summary>The server that gets the mail for this domain.</summary>
    internal RecordingServer this[string domain] => _servers[domain];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (WhyNot is not null)
            return;
        _servers["all.test"] = await RecordingServer.StartWithLoginAsync(address: "127.0.30.1");
        _servers["usual.test"] = await RecordingServer.StartWithLoginAsync(address: "127.0.30.2", mechanisms: [.. new SaslServerOptions().Mechanisms]);
        _servers[WrongPassword] = await RecordingServer.StartWithLoginAsync(address: "127.0.30.3");
        foreach (var mechanism in new[] { SaslMechanisms.ScramSha512, SaslMechanisms.ScramSha256, SaslMechanisms.ScramSha1, SaslMechanisms.CramMd5, SaslMechanisms.Plain, SaslMechanisms.Login })
            _servers[$"{mechanism.ToLowerInvariant()}.test"] = await RecordingServer.StartWithLoginAsync(address: "127.0.30.4", mechanisms: mechanism);
        var routes = string.Concat(_servers.Select(server => $"{{ {server.Key} = smtp:{NextHop(server.Value)} }} "));
        var passwords = string.Concat(_servers.Select(server => $"{{ {NextHop(server.Value)} = {Accounts.Ann}:{(server.Key == WrongPassword ? "battery staple" : Accounts.Password)} }} "));
        Postfix = await PostfixInstance.StartAsync(_files.Folder("postfix"), [new PostfixListener(Submission.Address.ToString(), "postfix.test", null)], $$"""
            virtual_mailbox_domains =
            transport_maps = inline:{ {{routes}} }
            smtp_sasl_auth_enable = yes
            smtp_sasl_password_maps = inline:{ {{passwords}} }
            smtp_sasl_security_options = noanonymous
            smtp_sasl_tls_security_options = noanonymous
            smtp_tls_security_level = secure
            smtp_tls_secure_cert_match = {{ClientWorld.Host}}
            smtp_tls_CAfile = {{_files.RootFile}}
            """);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Postfix is not null)
            await Postfix.DisposeAsync();
        foreach (var server in _servers.Values)
            await server.DisposeAsync();
        _files.Dispose();
    }

    private static string NextHop(RecordingServer server) => $"[{server.EndPoint.Address.MapToIPv4()}]:{server.Port}";
}
