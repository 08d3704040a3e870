using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Interop.Tests;

/// <summary>nsd as the authority of the private tree and unbound as the validating resolver, both on loopback addresses.</summary>
internal sealed class DnsWorld : IAsyncDisposable
{
    private const string Authority = "127.0.53.1";

    private readonly string folder;
    private readonly List<(Process Process, StringBuilder Output)> servers = [];

    private DnsWorld(string folder) => this.folder = folder;

    /// <summary>The DS record of the private root.</summary>
    public string TrustAnchorFile { get; private set; } = "";

    public static IPEndPoint Resolver { get; } = new(IPAddress.Parse("127.0.53.2"), 53);

    public static async Task<DnsWorld> StartAsync(string folder, string testRecords, string insecureRecords, string bogusRecords)
    {
        var world = new DnsWorld(folder);
        var zones = new SignedZones(Path.Combine(folder, "zones"), Authority);
        await zones.MakeAsync(testRecords, insecureRecords, bogusRecords);
        world.TrustAnchorFile = zones.TrustAnchorFile;
        world.StartServer("nsd", await world.WriteAsync("nsd.conf", NsdConfiguration(folder, zones)), "-d", "-c");
        world.StartServer("unbound", await world.WriteAsync("unbound.conf", UnboundConfiguration(folder, zones)), "-d", "-c");
        try
        {
            await world.WaitAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();     // nobody else would
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (process, _) in servers)
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private void StartServer(string name, string configuration, params string[] options)
    {
        var process = Command.Start(name, [.. options, configuration], folder, out var output);
        servers.Add((process, output));
    }

    private async Task<string> WriteAsync(string name, string text)
    {
        var path = Path.Combine(folder, name);
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    private async Task WaitAsync()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var answer = await Command.RunAsync("dig", [$"@{Resolver.Address}", "+dnssec", "+time=1", "+tries=1", "mx1.test.", "A"]);
            if (answer.Output.Contains(" ad", StringComparison.Ordinal) && answer.Output.Contains("NOERROR", StringComparison.Ordinal))
                return;
            await Task.Delay(200);
        }
        throw new InvalidOperationException("The DNS world did not come up: " + string.Join('\n', servers.Select(item => item.Output.ToString())));
    }

    private static string NsdConfiguration(string folder, SignedZones zones)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"""
            server:
              ip-address: {Authority}
              port: 53
              username: ""
              zonesdir: "{folder}"
              database: ""
              pidfile: "{folder}/nsd.pid"
              xfrdfile: "{folder}/xfrd.state"
              zonelistfile: "{folder}/zone.list"
              cookie-secret-file: "{folder}/cookie"
              server-count: 1
              rrl-ratelimit: 0
            remote-control:
              control-enable: no

            """);
        foreach (var (zone, file) in zones.Files)
            text.Append(CultureInfo.InvariantCulture, $"\nzone:\n  name: \"{zone}\"\n  zonefile: \"{file}\"\n");
        return text.ToString();
    }

    private static string UnboundConfiguration(string folder, SignedZones zones) => $"""
        server:
          interface: {Resolver.Address}
          port: 53
          access-control: 127.0.0.0/8 allow
          do-not-query-localhost: no
          do-ip6: no
          num-threads: 1
          use-syslog: no
          logfile: ""
          verbosity: 1
          val-log-level: 2
          ede: yes
          username: ""
          chroot: ""
          directory: "{folder}"
          pidfile: "{folder}/unbound.pid"
          root-hints: "{zones.RootHintsFile}"
          trust-anchor-file: "{zones.TrustAnchorFile}"
          local-zone: "test." nodefault
          outbound-msg-retry: 3
        remote-control:
          control-enable: no

        """;
}
