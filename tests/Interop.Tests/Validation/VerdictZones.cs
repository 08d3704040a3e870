using System.Globalization;
using System.Text;

namespace Interop.Tests;

/// <summary>Zones signed by ldns-signzone, one for each algorithm and way of denial, and some that are wrong.</summary>
internal sealed class VerdictZones(string folder)
{
    /// <summary>The zones below test that a table is asked of, by name.</summary>
    public static readonly IReadOnlyDictionary<string, (string Algorithm, string[] Options)> Signed = new Dictionary<string, (string, string[])>
    {
        ["rsa256"] = ("RSASHA256", []),
        ["rsa512"] = ("RSASHA512", ["-n"]),
        ["p256"] = ("ECDSAP256SHA256", []),
        ["p384"] = ("ECDSAP384SHA384", ["-n", "-s", "abcd", "-t", "12"]),
        ["ed25519"] = ("ED25519", ["-n", "-p"]),
        ["ed448"] = ("ED448", ["-n", "-p", "-s", "00ff00ff", "-t", "3"]),
        ["many"] = ("ECDSAP256SHA256", ["-n", "-t", "151"]),
        ["sha1"] = ("RSASHA1_NSEC3", ["-n"]),
    };

    /// <summary>Zones that are wrong in one way.</summary>
    public static readonly string[] Wrong = ["expired", "early", "otherkey", "noname"];

    /// <summary>Zones that are not signed, or that nobody vouches for.</summary>
    public static readonly string[] Insecure = ["plain", "island"];

    public List<(string Zone, string File)> Files { get; } = [];

    public string AnchorFile => Path.Combine(folder, "root.anchor");

    public async Task MakeAsync()
    {
        var below = new StringBuilder();
        foreach (var (name, (algorithm, options)) in Signed)
            below.Append(await DelegateAsync(name, await SignAsync($"{name}.test.", Records(name), algorithm, options)));
        below.Append(await DelegateAsync("expired", await SignAsync("expired.test.", Records("expired"), "ECDSAP256SHA256", ["-i", "20200101000000", "-e", "20200201000000"])));
        below.Append(await DelegateAsync("early", await SignAsync("early.test.", Records("early"), "ECDSAP256SHA256", ["-n", "-i", Day(2), "-e", Day(30)])));
        var ds = await SignAsync("otherkey.test.", Records("otherkey"), "ECDSAP256SHA256", []);
        below.Append(await DelegateAsync("otherkey", ds[..^4] + (ds.EndsWith("0000", StringComparison.Ordinal) ? "1111" : "0000")));
        below.Append(await DelegateAsync("island", await SignAsync("island.test.", Records("island"), "ECDSAP256SHA256", []), withDs: false));
        below.Append(await DelegateAsync("noname", await SignAsync("noname.test.", Records("noname"), "ECDSAP256SHA256", [])));
        await StripAsync("noname.test.");
        below.Append(await DelegateAsync("plain", ""));
        await PlainAsync("plain.test.", Records("plain"));
        var test = await SignAsync("test.", below.ToString(), "ECDSAP384SHA384", []);
        var root = await SignAsync(".", $"test. NS ns.test.\n{test}\n", "RSASHA256", []);
        await File.WriteAllTextAsync(AnchorFile, root + "\n");
    }

    private static string Day(int ahead) => DateTime.UtcNow.AddDays(ahead).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    private static string Records(string name) => $"""
        @ MX 10 mx
        @ TXT "hello"
        mx A 127.0.0.9
        mx AAAA ::9
        _25._tcp.mx TLSA 3 1 1 {new string('0', 64)}
        *.wild A 127.0.0.10
        here.wild TXT "in the way"
        *.wildmx MX 10 mx
        *.wildalias CNAME mx
        alias CNAME mx
        out CNAME mx.plain.test.
        over CNAME mx.p256.test.
        dangling CNAME nosuch
        sub.d DNAME t
        x.t A 127.0.0.13
        a.b.c.ent A 127.0.0.11
        host HINFO "X86" "Linux"
        insec NS ns.test.
        {(name == "plain" ? "" : "safe NS ns.test.")}

        """;

    // Every zone has an unsigned one below it, and one that is signed and vouched for.
    private async Task<string> DelegateAsync(string name, string ds, bool withDs = true)
    {
        await PlainAsync($"insec.{name}.test.", "x A 127.0.0.12\n@ MX 10 x\n");
        return $"{name} NS ns.test.\n{(withDs ? ds : "")}\n";
    }

    private async Task PlainAsync(string zone, string records)
    {
        var file = Path.Combine(folder, zone + "zone");
        await File.WriteAllTextAsync(file, Header(zone) + records, Encoding.ASCII);
        Files.Add((zone, file));
    }

    private static string Header(string zone) => $"$ORIGIN {zone}\n$TTL 300\n@ SOA ns.test. host.test. 1 3600 600 86400 60\n@ NS ns.test.\n";

    private async Task<string> SignAsync(string zone, string records, string algorithm, string[] options)
    {
        if (zone.Count(static letter => letter == '.') == 2 && zone != "test.")
            records += await SafeAsync(zone);
        else if (zone == "test.")
            records += "ns A 127.0.60.1\n";
        var file = Path.Combine(folder, zone == "." ? "root.zone" : zone + "zone");
        await File.WriteAllTextAsync(file, Header(zone) + records, Encoding.ASCII);
        var ksk = (await Command.RunAsync("ldns-keygen", ["-a", algorithm, "-k", "-b", "2048", "-r", "/dev/urandom", zone], folder)).Check("ldns-keygen").Output.Trim();
        var zsk = (await Command.RunAsync("ldns-keygen", ["-a", algorithm, "-b", "2048", "-r", "/dev/urandom", zone], folder)).Check("ldns-keygen").Output.Trim();
        (await Command.RunAsync("ldns-signzone", [.. options, "-o", zone, "-f", file + ".signed", file, Path.Combine(folder, ksk), Path.Combine(folder, zsk)], folder)).Check("ldns-signzone");
        Files.Add((zone, file + ".signed"));
        return (await File.ReadAllTextAsync(Path.Combine(folder, ksk + ".ds"))).Trim();
    }

    private async Task<string> SafeAsync(string zone) => await SignAsync($"safe.{zone}", "@ MX 10 x\nx A 127.0.0.14\n", "ECDSAP256SHA256", []) + "\n";

    // The records that deny are gone, and their signatures.
    private async Task StripAsync(string zone)
    {
        var file = Files.Single(item => item.Zone == zone).File;
        var lines = await File.ReadAllLinesAsync(file);
        await File.WriteAllLinesAsync(file, lines.Where(static line => !line.Contains("\tRRSIG\tA ", StringComparison.Ordinal)));
    }
}
