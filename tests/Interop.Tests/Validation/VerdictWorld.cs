using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Mail.Security.Dnssec;

namespace Interop.Tests;

/// <summary>nsd with the zones of <see cref="VerdictZones"/>, an unbound that validates and one that does not, on ports nobody needs root for.</summary>
public sealed class VerdictWorld : IAsyncLifetime
{
    private const string Authority = "127.0.60.1@5310";
    private static readonly IPEndPoint Iterator = IPEndPoint.Parse("127.0.60.2:5311");
    private static readonly IPEndPoint Validator = IPEndPoint.Parse("127.0.60.3:5312");
    private static readonly string[] Needed = ["nsd", "unbound", "ldns-keygen", "ldns-signzone", "dig"];

    private readonly string _folder = Directory.CreateTempSubdirectory("mail-security-verdicts-").FullName;
    private readonly List<(Process Process, StringBuilder Output)> _servers = [];

    internal static string? WhyNot { get; } = Needed.Where(static name => Command.Find(name) is null).ToArray() is { Length: > 0 } missing ? $"Not installed: {string.Join(", ", missing)}" : null;

    /// <summary>Validates by itself, over the unbound that does not.</summary>
    internal DnssecResolver Ours { get; private set; } = null!;

    /// <summary>Believes the unbound that validates.</summary>
    internal DnssecResolver Theirs { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (WhyNot is not null)
            return;
        var zones = new VerdictZones(_folder);
        await zones.MakeAsync();
        await StartAsync("nsd", Nsd(zones));
        await StartAsync("unbound", Unbound(zones, Iterator, "iterator", ""));
        await StartAsync("unbound", Unbound(zones, Validator, "validator iterator", $"trust-anchor-file: \"{zones.AnchorFile}\""));
        await WaitAsync(Iterator);
        await WaitAsync(Validator);
        Ours = new(new() { Servers = [Iterator], Mode = DnssecMode.Validate, TrustAnchors = TrustAnchors.Parse(await File.ReadAllTextAsync(zones.AnchorFile)) });
        Theirs = new(new() { Servers = [Validator], Mode = DnssecMode.AdBit, AdTrust = AdTrust.Trust });
    }

    public async ValueTask DisposeAsync()
    {
        Ours?.Dispose();
        Theirs?.Dispose();
        foreach (var (process, _) in _servers)
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync(string name, string configuration)
    {
        var file = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{name}{_servers.Count}.conf"));
        await File.WriteAllTextAsync(file, configuration);
        _servers.Add((Command.Start(name, ["-d", "-c", file], _folder, out var output), output));
    }

    private async Task WaitAsync(IPEndPoint server)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var answer = await Command.RunAsync("dig", [$"@{server.Address}", "-p", server.Port.ToString(CultureInfo.InvariantCulture), "+dnssec", "+time=1", "+tries=1", "mx.p256.test.", "A"]);
            if (answer.Output.Contains("127.0.0.9", StringComparison.Ordinal))
                return;
            await Task.Delay(200);
        }
        throw new InvalidOperationException("The servers did not come up: " + string.Join('\n', _servers.Select(static item => item.Output.ToString())));
    }

    private string Nsd(VerdictZones zones)
    {
        var text = new StringBuilder($"""
            server:
              ip-address: {Authority}
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

            """);
        foreach (var (zone, file) in zones.Files)
            text.Append(CultureInfo.InvariantCulture, $"\nzone:\n  name: \"{zone}\"\n  zonefile: \"{file}\"\n");
        return text.ToString();
    }

    private string Unbound(VerdictZones zones, IPEndPoint listen, string modules, string anchor)
    {
        var text = new StringBuilder($"""
            server:
              interface: {listen.Address}@{listen.Port}
              port: {listen.Port}
              access-control: 127.0.0.0/8 allow
              do-not-query-localhost: no
              do-ip6: no
              num-threads: 1
              use-syslog: no
              logfile: ""
              val-log-level: 2
              ede: yes
              username: ""
              chroot: ""
              directory: "{_folder}"
              pidfile: "{_folder}/unbound-{listen.Port}.pid"
              module-config: "{modules}"
              {anchor}
              local-zone: "test." nodefault
            remote-control:
              control-enable: no

            """);
        foreach (var (zone, _) in zones.Files)
            text.Append(CultureInfo.InvariantCulture, $"\nstub-zone:\n  name: \"{zone}\"\n  stub-addr: {Authority}\n");
        return text.ToString();
    }
}
