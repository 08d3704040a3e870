using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Interop.Tests;

/// <summary>What a server sends behind its own certificate.</summary>
internal enum SentChain : byte
{
    WithAuthority,
    Alone,
}

/// <summary>Keys and certificates made by the openssl command, so that the peers' certificates owe nothing to the code under test.</summary>
internal sealed class Certificates(string folder)
{
    public string AuthorityFile => Path.Combine(folder, "ca.pem");

    private string AuthorityKey => Path.Combine(folder, "ca.key");

    public async Task MakeAuthorityAsync()
    {
        Directory.CreateDirectory(folder);
        await OpensslAsync("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=Interop Test CA", "-days", "30",
            "-keyout", AuthorityKey, "-out", AuthorityFile, "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign");
    }

    /// <summary>A self-signed certificate; the file holds key and certificate, as Postfix takes them.</summary>
    public async Task<string> SelfSignedAsync(string name)
    {
        var (key, certificate) = Paths(name);
        await OpensslAsync("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", $"/CN={name}", "-days", "30",
            "-keyout", key, "-out", certificate, "-addext", $"subjectAltName=DNS:{name}");
        return await JoinAsync(name, key, certificate);
    }

    /// <summary>A certificate of the authority for <paramref name="dnsName"/>; the file holds key, certificate and, unless told, the authority's certificate.</summary>
    public async Task<string> IssuedAsync(string name, string dnsName, int days = 30, SentChain sent = SentChain.WithAuthority)
    {
        var (key, certificate) = Paths(name);
        var request = Path.Combine(folder, name + ".csr");
        var extensions = Path.Combine(folder, name + ".ext");
        await File.WriteAllTextAsync(extensions, $"subjectAltName=DNS:{dnsName}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n");
        await OpensslAsync("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", $"/CN={dnsName}", "-keyout", key, "-out", request);
        await OpensslAsync("x509", "-req", "-in", request, "-CA", AuthorityFile, "-CAkey", AuthorityKey, "-set_serial", Random.Shared.Next(1, int.MaxValue).ToString(CultureInfo.InvariantCulture),
            "-days", days.ToString(CultureInfo.InvariantCulture), "-extfile", extensions, "-out", certificate);
        return sent == SentChain.WithAuthority ? await JoinAsync(name, key, certificate, AuthorityFile) : await JoinAsync(name, key, certificate);
    }

    public static string TlsaOf(string pemFile, int usage, int selector, int matching = 1)
    {
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(pemFile));
        var data = selector == 0 ? certificate.RawData : certificate.PublicKey.ExportSubjectPublicKeyInfo();
        var association = matching switch { 0 => data, 1 => SHA256.HashData(data), _ => SHA512.HashData(data) };
        return string.Create(CultureInfo.InvariantCulture, $"{usage} {selector} {matching} {Convert.ToHexStringLower(association)}");
    }

    public static string WrongTlsa(int usage, int selector) =>
        string.Create(CultureInfo.InvariantCulture, $"{usage} {selector} 1 {new string('a', 64)}");

    private (string Key, string Certificate) Paths(string name) => (Path.Combine(folder, name + ".key"), Path.Combine(folder, name + ".crt"));

    private async Task<string> JoinAsync(string name, params string[] parts)
    {
        var file = Path.Combine(folder, name + ".pem");
        await File.WriteAllTextAsync(file, string.Concat(parts.Select(File.ReadAllText)));
        return file;
    }

    private async Task OpensslAsync(params string[] arguments) => (await Command.RunAsync("openssl", arguments, folder)).Check("openssl");
}
