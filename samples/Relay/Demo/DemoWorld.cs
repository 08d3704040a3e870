using System.Net;
using System.Net.Sockets;
using Mail.Security;
using Mail.Security.Dane;
using Mail.Security.Testing;

namespace Relay.Demo;

/// <summary>The world around the relay, all of it on loopback: name server, mail exchangers on addresses of their own and one common port, policy host, a folder.</summary>
internal sealed class DemoWorld : IAsyncDisposable
{
    public const string RelayName = "relay.example";
    private const int BindAttempts = 20;

    private readonly Dictionary<string, ScriptedSmtpPeer> _peers = [];
    private readonly IReadOnlyList<MailHost> _hosts;

    private DemoWorld(TestCertificateAuthority authority, IReadOnlyList<MailHost> hosts, PolicyServer policies) =>
        (Authority, _hosts, Policies) = (authority, hosts, policies);

    public TestCertificateAuthority Authority { get; }

    public PolicyServer Policies { get; }

    public LoopbackDnsServer Dns { get; } = new();

    /// <summary>Everything that is written, removed at the end.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("mail-security-demo-").FullName;

    /// <summary>The port of every mail exchanger.</summary>
    public int Port { get; private set; }

    public string DatabaseFile => Path.Combine(Folder, "relay.db");

    public string RootsFile => Path.Combine(Folder, "roots.pem");

    public string CertificateFile => Path.Combine(Folder, "relay.pem");

    public string KeyFile => Path.Combine(Folder, "relay.key");

    public static async Task<DemoWorld> RaiseAsync(TestCertificateAuthority authority, IReadOnlyList<MailHost> hosts)
    {
        var world = new DemoWorld(authority, hosts, await PolicyServer.StartAsync(authority, hosts));
        try
        {
            await world.StartPeersAsync();
            for (var at = 0; at < hosts.Count; at++)
                world.Publish(hosts[at], Address(at));
            await world.WriteFilesAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>The mail exchanger of a domain.</summary>
    public ScriptedSmtpPeer Peer(string domain) => _peers[domain];

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _peers.Values)
            await peer.DisposeAsync();
        await Policies.DisposeAsync();
        await Dns.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static IPAddress Address(int number) => new([127, 0, 42, (byte)(number + 1)]);

    // The kernel chooses the port for the first; that it is free at the other addresses is likely, not certain.
    private async Task StartPeersAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var started = new List<ScriptedSmtpPeer>();
            try
            {
                for (var at = 0; at < _hosts.Count; at++)
                    started.Add(ScriptedSmtpPeer.StartMailExchanger(_hosts[at].Behaviour, new IPEndPoint(Address(at), at == 0 ? 0 : started[0].EndPoint.Port)));
                Port = started[0].EndPoint.Port;
                foreach (var (host, peer) in _hosts.Zip(started))
                    _peers.Add(host.Domain, peer);
                return;
            }
            catch (SocketException)
            {
                foreach (var peer in started)
                    await peer.DisposeAsync();
                if (attempt == BindAttempts)
                    throw;
            }
        }
    }

    private void Publish(MailHost host, IPAddress address)
    {
        Dns.AddZone(host.Domain, host.Security).AddMx(host.Domain, 10, host.Name).AddAddress(host.Name, address.ToString());
        var owner = TlsaRecordMaker.OwnerName(DomainName.Parse(host.Name), (ushort)Port).Ascii;
        if (host.Tlsa is { } record)
            Dns.AddTlsa(owner, record.ToString());
        if (host.TlsaFault is { } fault)
            Dns.Misbehave(owner, DnsRecordType.Tlsa, fault);
        if (host.Policy is not null)
            Dns.AddTxt($"_mta-sts.{host.Domain}", "v=STSv1; id=20260101;").AddAddress($"mta-sts.{host.Domain}", "127.0.0.1");
    }

    private async Task WriteFilesAsync()
    {
        using var certificate = Authority.Issue(RelayName);
        await File.WriteAllTextAsync(RootsFile, Authority.Certificate.ToPem());
        await File.WriteAllTextAsync(CertificateFile, certificate.ToPem());
        await File.WriteAllTextAsync(KeyFile, certificate.ToPrivateKeyPem());
    }
}
