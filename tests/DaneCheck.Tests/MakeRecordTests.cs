using System.Text.Json;
using Mail.Security.Dane;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace DaneCheck.Tests;

/// <summary>The real process makes TLSA records of files.</summary>
public sealed class MakeRecordTests : IDisposable
{
    private readonly TestCertificateAuthority _root = TestCertificateAuthority.CreateRoot();
    private readonly KeyFolder _files = new();

    [Theory]
    [InlineData("certificate.pem")]
    [InlineData("certificate.der")]
    [InlineData("both.pem")]
    [InlineData("pkcs8.pem")]
    [InlineData("pkcs8.der")]
    [InlineData("sec1.pem")]
    [InlineData("public.pem")]
    [InlineData("public.der")]
    public async Task MakeRecord_EveryKindOfFile_TheRecordOfItsKey(string form)
    {
        using var certificate = _root.Issue("mx.example.com");

        var (code, output, error) = await CheckWorld.RunAsync("--make-record", _files.Write(form, certificate));

        Assert.Equal((0, ""), (code, error));
        Assert.Equal(TlsaRecordMaker.FromCertificate(certificate).ToString(), output.TrimEnd());
    }

    [Fact]
    public async Task MakeRecord_EveryForm_OfCertificateAndIssuers()
    {
        var authority = _root.CreateIntermediate();
        using var certificate = authority.Issue("mx.example.com");
        var file = _files.Write("certificate.pem", certificate, authority.Certificate);
        var records = new List<(string Made, string Wanted)>();
        foreach (var usage in Enum.GetValues<TlsaUsage>().Where(static usage => usage <= TlsaUsage.DaneEe))
        {
            var (selector, matching) = ((TlsaSelector)((int)usage % 2), (TlsaMatching)((int)usage % 3));
            var (code, output, _) = await CheckWorld.RunAsync("--make-record", file, "--usage", $"{(int)usage}", "--selector", $"{(int)selector}", "--matching", $"{(int)matching}");
            Assert.Equal(0, code);
            var meant = usage is TlsaUsage.DaneEe or TlsaUsage.PkixEe ? certificate : authority.Certificate;
            records.Add((output.TrimEnd(), TlsaRecordMaker.FromCertificate(meant, usage, selector, matching).ToString()));
        }

        Assert.All(records, static pair => Assert.Equal(pair.Wanted, pair.Made));
    }

    [Theory]
    [InlineData("mx.example.com", "_25._tcp.mx.example.com. IN TLSA 2 0 1 ")]
    [InlineData("mx.example.com:587", "_587._tcp.mx.example.com. IN TLSA 2 0 1 ")]
    public async Task MakeRecord_ForAHost_LinesOfAZoneFile(string host, string start)
    {
        var file = _files.Write("certificate.der", _root.Certificate);

        var (code, output, _) = await CheckWorld.RunAsync("--make-record", file, host, "--usage", "2");

        Assert.Equal(0, code);
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal($"; {_root.Certificate.Subject}", lines[0].TrimEnd());
        Assert.StartsWith(start, lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task MakeRecord_UsageThatMailDoesNotUse_SaysSo()
    {
        using var certificate = _root.Issue("mx.example.com");
        var file = _files.Write("certificate.pem", certificate);

        var (_, output, _) = await CheckWorld.RunAsync("--make-record", file, "mx.example.com", "--usage=1");
        var (_, json, _) = await CheckWorld.RunAsync("--make-record", file, "mx.example.com", "--usage=1", "--json");

        Assert.Contains("; mail transfer does not use this record: PkixUsage", output, StringComparison.Ordinal);
        var root = JsonDocument.Parse(json).RootElement;
        Assert.Equal(("_25._tcp.mx.example.com", "PkixUsage"), (root.GetProperty("owner").GetString(), root.GetProperty("records")[0].GetProperty("unusability").GetString()));
    }

    [Theory]
    [InlineData("encrypted.pem", "openssl pkey -pubout")]
    [InlineData("nothing.pem", "There is no certificate and no key")]
    [InlineData("nothing.der", "neither an RSA nor an ECDSA key")]
    [InlineData("public.pem", "is made of a certificate", "--selector", "0")]
    public async Task MakeRecord_NothingToMakeItOf_SaysWhyWithCode2(string form, string sentence, params string[] more)
    {
        using var certificate = _root.Issue("mx.example.com");

        var (code, output, error) = await CheckWorld.RunAsync(["--make-record", _files.Write(form, certificate), .. more]);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _files.Dispose();
        _root.Dispose();
    }
}
