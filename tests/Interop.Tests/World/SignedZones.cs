using System.Globalization;
using System.Text;

namespace Interop.Tests;

/// <summary>
/// A private DNS tree made and signed when the tests start: the root and "test." are signed, "insecure.test." is not, and
/// "bogus.test." has signatures that do not verify.
/// </summary>
internal sealed class SignedZones(string folder, string serverAddress)
{
    private const string Algorithm = "ECDSAP256SHA256";

    public string TrustAnchorFile => Path.Combine(folder, "root.anchor");

    public string RootHintsFile => Path.Combine(folder, "root.hints");

    public IReadOnlyList<(string Zone, string File)> Files { get; private set; } = [];

    public async Task MakeAsync(string testRecords, string insecureRecords, string bogusRecords)
    {
        Directory.CreateDirectory(folder);
        var bogus = await SignAsync("bogus.test.", bogusRecords);
        var test = await SignAsync("test.", $"{testRecords}\n{bogus.Ds}\ninsecure.test. IN NS ns.insecure.test.\nns.insecure.test. IN A {serverAddress}\nbogus.test. IN NS ns.bogus.test.\nns.bogus.test. IN A {serverAddress}\n");
        var root = await SignAsync(".", $"{test.Ds}\ntest. IN NS ns.test.\nns.test. IN A {serverAddress}\n");
        var insecure = Path.Combine(folder, "insecure.zone");
        await File.WriteAllTextAsync(insecure, Header("insecure.test.") + insecureRecords);
        await BreakSignaturesAsync(bogus.File);

        await File.WriteAllTextAsync(TrustAnchorFile, root.Ds + "\n");
        await File.WriteAllTextAsync(RootHintsFile, $". 3600 IN NS ns.root-servers.test.\nns.root-servers.test. 3600 IN A {serverAddress}\n");
        Files = [(".", root.File), ("test.", test.File), ("insecure.test.", insecure), ("bogus.test.", bogus.File)];
    }

    private string Header(string zone)
    {
        var dot = zone == "." ? "" : zone;
        var server = zone == "." ? "ns.root-servers.test." : $"ns.{dot}";
        var glue = zone == "." ? "" : $"ns.{dot} IN A {serverAddress}\n";
        return string.Create(CultureInfo.InvariantCulture, $"$ORIGIN {zone}\n$TTL 300\n{zone} IN SOA {server} admin.{dot} 1 3600 600 86400 60\n{zone} IN NS {server}\n{glue}");
    }

    private async Task<(string File, string Ds)> SignAsync(string zone, string records)
    {
        var file = Path.Combine(folder, zone == "." ? "root.zone" : zone.TrimEnd('.') + ".zone");
        await File.WriteAllTextAsync(file, Header(zone) + records + "\n", Encoding.ASCII);
        var ksk = (await Command.RunAsync("ldns-keygen", ["-a", Algorithm, "-k", "-r", "/dev/urandom", zone], folder)).Check("ldns-keygen").Output.Trim();
        var zsk = (await Command.RunAsync("ldns-keygen", ["-a", Algorithm, "-r", "/dev/urandom", zone], folder)).Check("ldns-keygen").Output.Trim();
        (await Command.RunAsync("ldns-signzone", ["-n", "-o", zone, file, Path.Combine(folder, ksk), Path.Combine(folder, zsk)], folder)).Check("ldns-signzone");
        var ds = (await File.ReadAllTextAsync(Path.Combine(folder, ksk + ".ds"))).Trim();
        return (file + ".signed", ds);
    }

    /// <summary>Changes the data under the signatures, so that a validator finds the zone bogus.</summary>
    private static async Task BreakSignaturesAsync(string file)
    {
        var text = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, text.Replace("127.0.25.66", "127.0.25.67", StringComparison.Ordinal));
    }
}
