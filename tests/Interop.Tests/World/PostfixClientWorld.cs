using System.Net;
using Mail.Security.SmtpServer;

namespace Interop.Tests;

/// <summary>A Postfix that passes what it is given on to servers under test, one way for each domain.</summary>
public sealed class PostfixClientWorld : IAsyncLifetime
{
    private const string InTurns = "127.0.27.3";
    private const string OldServer = "127.0.27.4";

    private readonly ClientWorld _files = new();
    private readonly Dictionary<string, RecordingServer> _servers = [];
    private PostfixInstance? _postfix;

    internal static IPEndPoint Submission { get; } = IPEndPoint.Parse("127.0.27.50:25");

    internal static void Require() => InteropWorld.Require();

    /// <summary>The server that gets the mail for this domain.</summary>
    internal RecordingServer this[string domain] => _servers[domain];

    internal string Log => _postfix!.Log();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (InteropWorld.WhyNot is not null)
            return;
        _servers["full.test"] = await RecordingServer.StartAsync(options => options.Tls = null, "127.0.27.1");
        _servers["turns.test"] = await RecordingServer.StartAsync(options => options.Tls = null, InTurns);
        _servers["bare.test"] = await RecordingServer.StartAsync(options => (options.Tls, options.Features) = (null, SmtpServerFeatures.None), OldServer);
        _servers["tls12.test"] = await RecordingServer.StartAsync(address: "127.0.27.5");
        _servers["tls13.test"] = await RecordingServer.StartAsync(address: "127.0.27.6");
        var routes = string.Concat(_servers.Select(server => $"{{ {server.Key} = smtp:{NextHop(server.Key)} }} "));
        _postfix = await PostfixInstance.StartAsync(_files.Folder("postfix"), [new PostfixListener(Submission.Address.ToString(), "postfix.test", null)], $$"""
            virtual_mailbox_domains =
            transport_maps = inline:{ {{routes}} }
            smtp_discard_ehlo_keyword_address_maps = inline:{ { {{InTurns}} = pipelining, 8bitmime, size } }
            smtp_tls_policy_maps = inline:{ { {{NextHop("tls12.test")}} = secure match=mx.test protocols=TLSv1.2 } { {{NextHop("tls13.test")}} = secure match=mx.test protocols=>=TLSv1.3 } }
            smtp_tls_CAfile = {{_files.RootFile}}
            smtp_line_length_limit = 0
            message_size_limit = 20971520
            """);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_postfix is not null)
            await _postfix.DisposeAsync();
        foreach (var server in _servers.Values)
            await server.DisposeAsync();
        _files.Dispose();
    }

    private string NextHop(string domain) => $"[{_servers[domain].EndPoint.Address}]:{_servers[domain].Port}";
}
