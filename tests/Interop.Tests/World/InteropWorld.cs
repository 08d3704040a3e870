using System.Text;

namespace Interop.Tests;

/// <summary>An MX of the world: its domain is dNAME.test, its host NAME.test, on an address of its own.</summary>
/// <param name="Name">Host label.</param>
/// <param name="Address">Loopback address that the listener has for itself.</param>
/// <param name="Tlsa">TLSA data at _25._tcp.NAME.test, one record a line; empty for none.</param>
internal sealed record MxCase(string Name, string Address, string Tlsa)
{
    public string Host => Name + ".test";

    public string Domain => "d" + Name + ".test";
}

/// <summary>
/// The world of all interop tests, raised once: a signed private DNS tree on nsd, unbound validating it, and one Postfix with a listener for
/// each case. It needs root (port 53 and 25 on loopback addresses) and the servers; without them every test says so and is skipped.
/// </summary>
public sealed class InteropWorld : IAsyncLifetime
{
    private static readonly string[] Needed = ["nsd", "unbound", "ldns-keygen", "ldns-signzone", "dig", "postfix", "posttls-finger", "smtp-source", "swaks", "openssl", "unshare"];

    private readonly string folder = Directory.CreateTempSubdirectory("mail-security-interop-").FullName;
    private DnsWorld? dns;

    internal static string? WhyNot { get; } = Missing();

    internal string TrustAnchorFile => dns!.TrustAnchorFile;

    internal PostfixInstance Postfix { get; private set; } = null!;

    internal Certificates Certificates { get; private set; } = null!;

    internal IReadOnlyDictionary<string, MxCase> Cases { get; private set; } = new Dictionary<string, MxCase>();

    internal string Folder(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    /// <summary>Skips the calling test with the reason when the world cannot be raised on this machine.</summary>
    internal static void Require() => Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");

    /// <summary>The case of the listener that does not announce 8BITMIME.</summary>
    internal const string SevenBit = "sevenbit";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (WhyNot is not null)
            return;
        // Postfix's children drop root and must still reach their folders.
        (await Command.RunAsync("chmod", ["755", folder])).Check("chmod");
        Certificates = new Certificates(Path.Combine(folder, "certificates"));
        await Certificates.MakeAuthorityAsync();
        var own = await Certificates.SelfSignedAsync("own");
        var issued = await Certificates.IssuedAsync("issued", "data.test");
        var other = await Certificates.IssuedAsync("other", "somebody-else.test");
        var apart = await Certificates.IssuedAsync("apart", "taapart.test", sent: SentChain.Alone);
        var key = await Certificates.IssuedAsync("key", "takey.test", sent: SentChain.Alone);
        var unsent = await Certificates.IssuedAsync("unsent", "taunsent.test", sent: SentChain.Alone);
        var expired = await Certificates.IssuedAsync("expired", "eeexpired.test", days: -1);
        var taExpired = await Certificates.IssuedAsync("taexpired", "taexpired.test", days: -1);

        List<(MxCase Case, string? Chain)> hosts =
        [
            (new("dee", "127.0.25.11", Certificates.TlsaOf(own, 3, 1)), own),
            (new("deecert", "127.0.25.12", Certificates.TlsaOf(own, 3, 0)), own),
            (new("wrong", "127.0.25.13", Certificates.WrongTlsa(3, 1)), own),
            (new("none", "127.0.25.14", ""), own),
            (new("data", "127.0.25.15", Certificates.TlsaOf(Certificates.AuthorityFile, 2, 0)), issued),
            (new("daname", "127.0.25.16", Certificates.TlsaOf(Certificates.AuthorityFile, 2, 1)), other),
            (new("unusable", "127.0.25.17", Certificates.TlsaOf(own, 1, 1)), own),
            (new("mixed", "127.0.25.18", Certificates.WrongTlsa(3, 1) + "\n" + Certificates.TlsaOf(own, 3, 1)), own),
            (new("plain", "127.0.25.19", Certificates.TlsaOf(own, 3, 1)), null),
            (new("plainnone", "127.0.25.20", ""), null),
            (new("taapart", "127.0.25.21", Certificates.TlsaOf(Certificates.AuthorityFile, 2, 0, 0)), apart),
            (new("takey", "127.0.25.22", Certificates.TlsaOf(Certificates.AuthorityFile, 2, 1, 0)), key),
            (new("taunsent", "127.0.25.23", Certificates.TlsaOf(Certificates.AuthorityFile, 2, 1)), unsent),
            (new("eeexpired", "127.0.25.24", Certificates.TlsaOf(expired, 3, 1)), expired),
            (new("taexpired", "127.0.25.25", Certificates.TlsaOf(Certificates.AuthorityFile, 2, 0)), taExpired),
            (new("sha512", "127.0.25.26", Certificates.TlsaOf(own, 3, 1, 2)), own),
            (new("agility", "127.0.25.27", Certificates.TlsaOf(own, 3, 1, 1) + "\n" + $"3 1 2 {new string('b', 128)}"), own),
            (new(SevenBit, "127.0.25.29", ""), own),
            (new("full", "127.0.25.28", Certificates.TlsaOf(own, 3, 0, 0)), own),
        ];
        Cases = hosts.ToDictionary(item => item.Case.Name, item => item.Case);
        Postfix = await PostfixInstance.StartAsync(Folder("mx"), [.. hosts.Select(item => new PostfixListener(item.Case.Address, item.Case.Host, item.Chain)
        {
            Options = item.Case.Name == SevenBit ? ["smtpd_discard_ehlo_keywords=8bitmime"] : [],
        })]);
        dns = await DnsWorld.StartAsync(Folder("dns"), Records(hosts.Select(item => item.Case)),
            "mx.insecure.test. IN A 127.0.25.14\ninsecure.test. IN MX 10 mx.insecure.test.\n",
            "bogus.test. IN MX 10 mx.bogus.test.\nmx.bogus.test. IN A 127.0.25.66\n");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Postfix is not null)
            await Postfix.DisposeAsync();
        if (dns is not null)
            await dns.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static string Records(IEnumerable<MxCase> cases)
    {
        var text = new StringBuilder("mx1.test. IN A 127.0.25.14\nalias.test. IN CNAME ddee.test.\ntoinsecure.test. IN CNAME insecure.test.\ndangling.test. IN CNAME nosuch.test.\n");
        for (var number = 10; number < 30; number++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"big.test. IN TXT \"{number}{new string('x', 238)}\"\n");
        foreach (var mx in cases)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{mx.Host}. IN A {mx.Address}\n{mx.Domain}. IN MX 10 {mx.Host}.\n");
            foreach (var record in mx.Tlsa.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"_25._tcp.{mx.Host}. IN TLSA {record}\n");
        }
        return text.ToString();
    }

    private static string? Missing()
    {
        if (Environment.UserName != "root")
            return "the interop world needs root: it binds ports 25 and 53 of loopback addresses";
        var missing = Needed.Where(name => Command.Find(name) is null).ToList();
        return missing.Count == 0 ? null : "not installed: " + string.Join(", ", missing);
    }
}

/// <summary>All interop tests share one world and run one after another.</summary>
[CollectionDefinition(nameof(InteropWorld))]
public sealed class InteropWorldDefinition : ICollectionFixture<InteropWorld>;
