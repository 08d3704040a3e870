using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Testing;
using static Mail.Security.Dane.Tests.NameExtensions;
using static Mail.Security.Dane.Tests.TestVerdict;

namespace Mail.Security.Dane.Tests.Verification;

/// <summary>Name constraints of every form on a path, judged here and by <c>openssl verify</c>.</summary>
[Trait("rfc", "5280#4.2.1.10")]
public sealed class NameConstraintTests : IDisposable
{
    private const string Name = "mx.example.com";

    private readonly DirectoryInfo _folder = System.IO.Directory.CreateTempSubdirectory("dane-names-");

    /// <summary>What an issuer demands, what the leaf is called, and whether it may be.</summary>
    public sealed record Row(string What, X509Extension Constraints, bool Allowed)
    {
        public TestCertificateSpec Leaf { get; init; } = new() { DnsNames = [Name] };

        /// <summary>Why OpenSSL says the opposite; null when it agrees.</summary>
        public string? OursAlone { get; init; }

        public bool IsOfDirectory { get; init; }

        public override string ToString() => What;
    }

    public static TheoryData<Row> Rows
    {
        get
        {
            var rows = new TheoryData<Row>();
            foreach (var (subtree, inside) in new[]
            {
                ("", true), ("com", true), ("COM", true), ("example.com", true), ("Example.com", true), (".example.com", true), (Name, true), ("om", false), ("ample.com", false),
                (".mx.example.com", false), ("a.mx.example.com", false), ("example.net", false), ("com.", false), ("*.example.com", false), ("mx.example.com\0", false),
            })
            {
                // OpenSSL takes the dot at the end for a letter; here it is none, and what is excluded is excluded.
                var lax = subtree == "com." ? "a dot at the end ends the name" : null;
                rows.Add(new Row($"permitted '{subtree}'", Permitted((Dns, subtree)), inside || lax is not null) { OursAlone = lax });
                rows.Add(new Row($"excluded '{subtree}'", Excluded((Dns, subtree)), !inside && lax is null) { OursAlone = lax });
                rows.Add(new Row($"permitted '{subtree}', common name", Permitted((Dns, subtree)), inside || lax is not null) { Leaf = new() { CommonName = Name }, OursAlone = lax });
                rows.Add(new Row($"excluded '{subtree}', common name", Excluded((Dns, subtree)), !inside && lax is null) { Leaf = new() { CommonName = Name }, OursAlone = lax });
            }
            var wildcard = new TestCertificateSpec { DnsNames = ["*.example.com"] };
            rows.Add(new Row("permitted '', wildcard", Permitted((Dns, "")), true) { Leaf = wildcard });
            rows.Add(new Row("excluded '', wildcard", Excluded((Dns, "")), false) { Leaf = wildcard });
            rows.Add(new Row("excluded below the wildcard", Excluded((Dns, Name)), false) { Leaf = wildcard, OursAlone = "the name it stands for is excluded" });
            rows.Add(new Row("permitted below the wildcard", Permitted((Dns, Name)), false) { Leaf = wildcard });
            rows.Add(new Row("permitted '' and another", Permitted((Dns, "example.net"), (Dns, "")), true));
            rows.Add(new Row("permitted '' and excluded", Constraints([(Dns, "")], [(Dns, "example.com")]), false));
            rows.Add(new Row("excluded '' and permitted", Constraints([(Dns, "example.com")], [(Dns, "")]), false));
            rows.Add(new Row("no DNS names and no addresses", Excluded((Dns, ""), (Address, new string('0', 16)), (Address, new string('0', 64))), false));
            rows.Add(new Row("no addresses", Excluded((Address, new string('0', 16)), (Address, new string('0', 64))), true));
            rows.Add(new Row("excluded '.'", Excluded((Dns, ".")), false) { OursAlone = "no name: what it means cannot be told" });
            rows.Add(new Row("permitted '.'", Permitted((Dns, ".")), false));
            rows.Add(new Row("a maximum, permitted", Constraints([(Dns, "example.com")], [], maximum: 1), false));
            rows.Add(new Row("a maximum, excluded", Constraints([], [(Dns, "example.net")], maximum: 1), false));
            rows.Add(new Row("a maximum of another form", Constraints([(Mailbox, "example.net")], [], maximum: 1), true));
            rows.Add(new Row("mailboxes only", Permitted((Mailbox, "example.net")), true));

            void Other(string what, X509Extension constraints, bool allowed, int form, string value, string? oursAlone = null) =>
                rows.Add(new Row(what, constraints, allowed) { Leaf = new() { CommonName = "", Extensions = [Alternatives((Dns, Name), (form, value))] }, OursAlone = oursAlone, IsOfDirectory = form == DirectoryName });
            Other("address inside", Permitted((Address, "C0000200FFFFFF00")), true, Address, "C0000201");
            Other("address outside", Permitted((Address, "C0000200FFFFFF00")), false, Address, "C0000301");
            Other("address excluded", Excluded((Address, "C0000200FFFFFF00")), false, Address, "C0000201");
            Other("address not excluded", Excluded((Address, "C0000200FFFFFF00")), true, Address, "C0000301");
            Other("address of the other family", Permitted((Address, "C0000200FFFFFF00")), false, Address, "20010DB8000000000000000000000001");
            Other("address excluded in the other family", Excluded((Address, new string('0', 64))), true, Address, "C0000201");
            Other("constraint of half an address", Excluded((Address, "C000")), false, Address, "C0000201");
            Other("mailbox of the host", Permitted((Mailbox, "example.com")), true, Mailbox, "a@EXAMPLE.com");
            Other("mailbox of a host below", Permitted((Mailbox, "example.com")), false, Mailbox, "a@b.example.com");
            Other("mailbox of the domain", Permitted((Mailbox, ".example.com")), true, Mailbox, "a@b.example.com");
            Other("mailbox itself", Permitted((Mailbox, "a@example.com")), true, Mailbox, "a@example.com");
            Other("mailbox beside", Permitted((Mailbox, "a@example.com")), false, Mailbox, "A@example.com");
            Other("mailbox excluded", Excluded((Mailbox, "a@example.com")), false, Mailbox, "a@example.com");
            Other("mailbox, permitted ''", Permitted((Mailbox, "")), false, Mailbox, "a@example.com");
            Other("mailbox, permitted without a local part", Permitted((Mailbox, "@example.com")), false, Mailbox, "a@example.com", "no mailbox, host or domain (RFC 5280 §4.2.1.10)");
            Other("mailbox, excluded without a local part", Excluded((Mailbox, "@example.com")), false, Mailbox, "a@example.com");
            Other("mailbox, excluded ''", Excluded((Mailbox, "")), false, Mailbox, "a@example.com", "no mailbox, host or domain (RFC 5280 §4.2.1.10): what it means cannot be told");
            Other("mailbox that is none", Excluded((Mailbox, "example.com")), false, Mailbox, "a");
            Other("URI of the host", Permitted((UriName, "a.example.com")), true, UriName, "https://a.example.com:8443/b");
            Other("URI of a host below", Permitted((UriName, "example.com")), false, UriName, "https://a.example.com/");
            Other("URI of the domain", Permitted((UriName, ".example.com")), true, UriName, "https://a.example.com/");
            Other("URI excluded", Excluded((UriName, "a.example.com")), false, UriName, "https://a.example.com/");
            Other("URI, permitted ''", Permitted((UriName, "")), false, UriName, "https://a.example.com/");
            Other("URI, excluded ''", Excluded((UriName, "")), false, UriName, "https://a.example.com/", "no name of a host (RFC 5280 §4.2.1.10): what it means cannot be told");
            Other("URI with an address", Excluded((UriName, "a.example.com")), false, UriName, "https://192.0.2.1/", "a URI without a host name must be refused (RFC 5280 §4.2.1.10)");
            Other("URI without a host", Permitted((UriName, ".example.com")), false, UriName, "urn:a:b");
            Other("directory name inside", Permitted((DirectoryName, "O=Example, C=DE")), true, DirectoryName, "CN=a, O=EXAMPLE, C=DE");
            Other("directory name outside", Permitted((DirectoryName, "O=Example, C=DE")), false, DirectoryName, "CN=a, O=Other, C=DE");
            Other("directory name in another order", Permitted((DirectoryName, "O=Example, C=DE")), false, DirectoryName, "C=DE, O=Example");
            Other("directory name further down", Permitted((DirectoryName, "O=Example")), false, DirectoryName, "O=Example, C=DE");
            Other("every directory name excluded", Excluded((DirectoryName, "")), false, DirectoryName, "C=DE");
            Other("a form that is not known", Permitted((Registered, "1.2.3")), false, Registered, "1.2.3");
            Other("a form that is not known, excluded", Excluded((Registered, "1.2.3")), false, Registered, "1.2.4");
            rows.Add(new Row("subject outside", Permitted((DirectoryName, "O=Example")), false) { Leaf = new() { CommonName = "a", DnsNames = [Name] }, IsOfDirectory = true });
            rows.Add(new Row("subject excluded", Excluded((DirectoryName, "CN=A")), false) { Leaf = new() { CommonName = "a", DnsNames = [Name] }, IsOfDirectory = true });
            rows.Add(new Row("no subject", Permitted((DirectoryName, "O=Example")), true) { Leaf = new() { CommonName = "", DnsNames = [Name] }, IsOfDirectory = true });
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows), DisableDiscoveryEnumeration = true)]
    public void Verify_ConstraintOfAnyIssuer_HoldsForTheLeaf(Row row)
    {
        // The middle certificate has a subject, and no other name that a constraint of the root could be about.
        foreach (var atRoot in row.IsOfDirectory ? [false] : new[] { true, false })
        {
            using var root = TestCertificateAuthority.CreateRoot(atRoot ? new() { Extensions = [row.Constraints] } : new());
            using var middle = root.CreateIntermediate(atRoot ? new() : new() { Extensions = [row.Constraints] });
            using var leaf = middle.Issue(row.Leaf);
            foreach (var record in new[] { Record(root.Certificate, 2, 0, 1), Record(root.Certificate, 2, 0, 0) })
            {
                var ours = Verifier([record], time: TimeProvider.System).Verify(new PeerCertificates([leaf, middle.Certificate, root.Certificate]));
                Assert.True(row.Allowed == ours is PeerVerdict.Authenticated, $"{(atRoot ? "root" : "middle")}: {ours}");
            }
            if (!HasOpenSsl)
                continue;
            var (theirs, said) = Ask(root.Certificate, middle.Certificate, leaf);
            Assert.True(theirs == (row.OursAlone is null ? row.Allowed : !row.Allowed), $"{(atRoot ? "root" : "middle")}: {said}");
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static bool HasOpenSsl { get; } = File.Exists("/usr/bin/openssl");

    private (bool IsGood, string Said) Ask(X509Certificate2 root, X509Certificate2 middle, X509Certificate2 leaf)
    {
        string Write(string name, X509Certificate2 certificate)
        {
            var path = Path.Combine(_folder.FullName, name);
            File.WriteAllText(path, certificate.ExportCertificatePem());
            return path;
        }

        using var process = Process.Start(new ProcessStartInfo("openssl",
            ["verify", "-CAfile", Write("root", root), "-untrusted", Write("middle", middle), "-purpose", "sslserver", "-verify_hostname", Name, Write("leaf", leaf)])
            { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode == 0, said);
    }
}
