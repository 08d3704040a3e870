using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Mail.Security.Dnssec;

namespace Mail.Security.Benchmarks.Dns;

/// <summary>nsd with a signed root and two signed zones below it, and unbound in front, as processes on loopback.</summary>
internal sealed class DnsPeers : IDisposable
{
    /// <summary>The zone signed by ECDSA P-256, and the one signed by RSA of 2048 bits.</summary>
    public const string EcdsaZone = "ecdsa.bench";
    public const string RsaZone = "rsa.bench";
    public const int Hosts = 400;
    private const string RootZone = "root";
    private const int AuthorityPort = 5461;
    private const string Authority = "127.0.61.1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("dns-bench").FullName;
    private readonly List<Process> _processes = [];
    private readonly StringBuilder _delegations = new();

    private DnsPeers()
    {
    }

    public static IPEndPoint Resolver { get; } = new(IPAddress.Parse("127.0.61.2"), 5462);

    public IReadOnlyList<TrustAnchor> Anchors { get; private set; } = [];

    /// <summary>The name of a host.</summary>
    /// <param name="zone">Its zone.</param>
    /// <param name="number">Which of them.</param>
    /// <param name="isKept">Whether unbound keeps its address; else it asks nsd each time, for the record has no time to live.</param>
    public static DomainName Host(string zone, int number, bool isKept = true) => DomainName.Parse(string.Create(CultureInfo.InvariantCulture, $"{(isKept ? 'h' : 'z')}{number}.{zone}"));

    /// <summary>Signs the zones and starts both servers, until unbound calls an answer authentic.</summary>
    public static async Task<DnsPeers> StartAsync()
    {
        var peers = new DnsPeers();
        try
        {
            await peers.SignHostsAsync(EcdsaZone, "-a", "ECDSAP256SHA256");
            await peers.SignHostsAsync(RsaZone, "-a", "RSASHA256", "-b", "2048");
            await peers.SignRootAsync();
            peers.Start("nsd", "-d", "-c", await peers.WriteAsync("nsd.conf", peers.NsdConfiguration()));
            peers.Start("unbound", "-d", "-c", await peers.WriteAsync("unbound.conf", peers.UnboundConfiguration()));
            await WaitAsync();
            return peers;
        }
        catch
        {
            peers.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SignHostsAsync(string zone, params string[] algorithm)
    {
        var text = new StringBuilder($"$ORIGIN {zone}.\n$TTL 86400\n@ SOA ns hostmaster 1 7200 3600 1209600 3600\n@ NS ns\nns A {Authority}\n");
        for (var host = 0; host <= Hosts; host++)
            text.Append(CultureInfo.InvariantCulture, $"h{host} A 192.0.2.{host % 250}\nz{host} 0 A 192.0.2.{host % 250}\n");
        _delegations.Append(CultureInfo.InvariantCulture, $"{zone}. NS ns.{zone}.\nns.{zone}. A {Authority}\n");
        _delegations.Append(await SignAsync(zone, zone, text.ToString(), algorithm));
    }

    private async Task SignRootAsync()
    {
        var text = $"$ORIGIN .\n$TTL 86400\n. SOA ns.bench. hostmaster.bench. 1 7200 3600 1209600 3600\n. NS ns.bench.\nns.bench. A {Authority}\n{_delegations}";
        var anchor = await SignAsync(RootZone, ".", text, "-a", "ECDSAP256SHA256");
        await WriteAsync("anchor", anchor);
        Anchors = TrustAnchors.Parse(anchor);
    }

    // The DS record of the zone.
    private async Task<string> SignAsync(string file, string zone, string text, params string[] algorithm)
    {
        var key = (await RunAsync("ldns-keygen", [.. algorithm, "-k", zone])).Trim();
        await WriteAsync(file, text);
        await RunAsync("ldns-signzone", "-o", zone, "-f", $"{file}.signed", file, key);
        return await RunAsync("ldns-key2ds", "-n", "-2", $"{key}.key");
    }

    private async Task<string> WriteAsync(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    private Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start");
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        _processes.Add(process);
        return process;
    }

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        var process = Start(program, arguments);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} failed");
    }

    private static async Task WaitAsync()
    {
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < Patience; await Task.Delay(200))
        {
            using var resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [Resolver], QueryTimeout = TimeSpan.FromSeconds(1) });
            if (await IsSecureAsync(resolver, EcdsaZone) && await IsSecureAsync(resolver, RsaZone))
                return;
        }
        throw new TimeoutException("nsd and unbound give no authentic answer.");
    }

    private static async Task<bool> IsSecureAsync(DnssecResolver resolver, string zone) => await resolver.GetAAsync(Host(zone, Hosts)) is DnsAnswer<IPAddress>.Found { Security: DnsSecurity.Secure };

    private string NsdConfiguration() => $"""
        server:
          ip-address: {Authority}
          port: {AuthorityPort}
          username: ""
          zonesdir: "{_folder}"
          database: ""
          pidfile: "{_folder}/nsd.pid"
          xfrdfile: "{_folder}/xfrd.state"
          zonelistfile: "{_folder}/zone.list"
          cookie-secret-file: "{_folder}/cookie"
          server-count: 1
          rrl-ratelimit: 0
        remote-control:
          control-enable: no
        zone:
          name: "."
          zonefile: "{RootZone}.signed"
        zone:
          name: "{EcdsaZone}"
          zonefile: "{EcdsaZone}.signed"
        zone:
          name: "{RsaZone}"
          zonefile: "{RsaZone}.signed"

        """;

    private string UnboundConfiguration() => $"""
        server:
          interface: {Resolver.Address}
          port: {Resolver.Port}
          access-control: 127.0.0.0/8 allow
          do-not-query-localhost: no
          do-ip6: no
          num-threads: 1
          use-syslog: no
          logfile: ""
          username: ""
          chroot: ""
          directory: "{_folder}"
          pidfile: "{_folder}/unbound.pid"
          trust-anchor-file: "{_folder}/anchor"
        remote-control:
          control-enable: no
        stub-zone:
          name: "."
          stub-addr: {Authority}@{AuthorityPort}
        stub-zone:
          name: "{EcdsaZone}"
          stub-addr: {Authority}@{AuthorityPort}
        stub-zone:
          name: "{RsaZone}"
          stub-addr: {Authority}@{AuthorityPort}

        """;
}
