using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Mail.Security.Dane.Tests.Verification;

/// <summary>The same records and chains, judged by <c>openssl s_client</c> as well.</summary>
[Trait("rfc", "7672#3")]
public sealed class OpenSslComparisonTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dane-openssl-");

    /// <summary>How a chain root, middle, leaf departs from a good one.</summary>
    public sealed record Chain(string What)
    {
        public TestCertificateSpec Root { get; init; } = new();

        public TestCertificateSpec Middle { get; init; } = new();

        public TestCertificateSpec Leaf { get; init; } = new() { DnsNames = ["mx.example.com"] };

        public bool SendsMiddle { get; init; } = true;

        public bool SendsRoot { get; init; } = true;

        /// <summary>Why we refuse the middle certificate as an anchor although OpenSSL takes it; null when we agree.</summary>
        public PeerRejection? OursAlone { get; init; }

        public override string ToString() => What;
    }

    public static TheoryData<Chain> Chains
    {
        get
        {
            var now = TimeProvider.System.GetUtcNow();
            return
            [
                new Chain("good"),
                new Chain("root not sent") { SendsRoot = false },
                new Chain("middle not sent") { SendsMiddle = false },
                new Chain("another name") { Leaf = new() { DnsNames = ["mx.example.net"] } },
                new Chain("wildcard") { Leaf = new() { DnsNames = ["*.example.com"] } },
                new Chain("leaf expired") { Leaf = new() { DnsNames = ["mx.example.com"], NotAfter = now.AddDays(-1) } },
                // OpenSSL looks at the dates of an anchor only when it is self-signed; here they count for every anchor.
                new Chain("middle expired") { Middle = new() { NotAfter = now.AddDays(-1) }, OursAlone = PeerRejection.Expired },
                new Chain("root expired") { Root = new() { NotAfter = now.AddDays(-1) } },
                new Chain("middle no authority") { Middle = new() { BasicConstraints = TestBasicConstraints.NotAuthority } },
                new Chain("root without room") { Root = new() { PathLength = 0 } },
                new Chain("leaf for clients") { Leaf = new() { DnsNames = ["mx.example.com"], ExtendedKeyUsages = ["1.3.6.1.5.5.7.3.2"] } },
                new Chain("name constraint of the middle") { Middle = new() { PermittedDnsNames = ["example.net"] } },
                new Chain("name constraint of the root") { Root = new() { PermittedDnsNames = ["example.net"] } },
            ];
        }
    }

    [Theory]
    [MemberData(nameof(Chains), DisableDiscoveryEnumeration = true)]
    public async Task Verify_RecordsForEachCertificate_AgreesWithOpenSsl(Chain chain)
    {
        Assert.SkipUnless(HasOpenSsl(), "openssl 3 is not installed");
        using var root = TestCertificateAuthority.CreateRoot(chain.Root);
        using var middle = root.CreateIntermediate(chain.Middle);
        using var leaf = middle.Issue(chain.Leaf);
        X509Certificate2[] above = [.. chain.SendsMiddle ? [middle.Certificate] : Array.Empty<X509Certificate2>(), .. chain.SendsRoot ? [root.Certificate] : Array.Empty<X509Certificate2>()];
        using var server = Serve(leaf, above);
        try
        {
            var port = await PortAsync(server);
            foreach (var (target, usage, selector, matching) in Records(root.Certificate, middle.Certificate, leaf))
            {
                var record = TestVerdict.Record(target, usage, selector, matching);
                var ours = TestVerdict.Verifier([record], time: TimeProvider.System).Verify(new PeerCertificates([leaf, .. above]));
                var (theirs, said) = await AskAsync(port, record);
                if (target == middle.Certificate && chain.OursAlone is { } refusal)
                    Assert.Equal((true, refusal.ToString()), (theirs, TestVerdict.Say(ours)));
                else
                    Assert.True(theirs == ours is PeerVerdict.Authenticated, $"{usage} {selector} {matching} of {target.Subject}: {ours}\n{said}");
            }
        }
        finally
        {
            server.Kill();
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static IEnumerable<(X509Certificate2 Target, int Usage, int Selector, int Matching)> Records(X509Certificate2 root, X509Certificate2 middle, X509Certificate2 leaf) =>
    [
        (root, 2, 0, 1), (root, 2, 1, 2), (root, 2, 0, 0), (middle, 2, 0, 1), (middle, 2, 0, 0), (leaf, 3, 1, 1), (root, 3, 0, 1),
    ];

    private static bool HasOpenSsl()
    {
        try
        {
            using var process = Start("version");
            return process.StandardOutput.ReadToEnd().StartsWith("OpenSSL 3", StringComparison.Ordinal);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private Process Serve(X509Certificate2 leaf, X509Certificate2[] above)
    {
        var (certificate, key, chain) = (Path.Combine(_folder.FullName, "leaf"), Path.Combine(_folder.FullName, "key"), Path.Combine(_folder.FullName, "chain"));
        File.WriteAllText(certificate, leaf.ToPem());
        File.WriteAllText(key, leaf.ToPrivateKeyPem());
        File.WriteAllText(chain, string.Concat(above.Select(static one => one.ExportCertificatePem() + "\n")));
        return Start("s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-cert_chain", chain);
    }

    private static async Task<int> PortAsync(Process server)
    {
        while (await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith("ACCEPT ", StringComparison.Ordinal))
                return int.Parse(line[(line.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        }
        throw new InvalidOperationException(await server.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<(bool Verified, string Said)> AskAsync(int port, TlsaRecord record)
    {
        using var client = Start(
            "s_client", "-brief", "-connect", $"127.0.0.1:{port}", "-dane_tlsa_domain", "mx.example.com", "-dane_ee_no_namechecks", "-dane_tlsa_rrdata", record.ToString());
        client.StandardInput.Close();
        var said = await client.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await client.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Verification", said, StringComparison.Ordinal);
        return (said.Contains("Verification: OK", StringComparison.Ordinal), said);
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
}
