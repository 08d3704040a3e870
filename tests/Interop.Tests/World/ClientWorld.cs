using System.Security.Cryptography.X509Certificates;
using Mail.Security.Testing;

namespace Interop.Tests;

/// <summary>What the tests of foreign clients share: a certificate for the server, its root in a file, and a folder that goes with the process's tests.</summary>
public sealed class ClientWorld : IDisposable
{
    internal const string Host = "mx.test";

    private static readonly TestCertificateAuthority Authority = TestCertificateAuthority.CreateRoot();

    private readonly string _folder = Directory.CreateTempSubdirectory("mail-security-clients-").FullName;

    /// <summary>Writes the root's certificate for clients that read it from a file.</summary>
    public ClientWorld() => File.WriteAllText(RootFile, Authority.Certificate.ExportCertificatePem());

    internal static X509Certificate2 Certificate { get; } = Authority.Issue(Host, "localhost");

    /// <summary>Another certificate of the same name and root: that of somebody in the middle whom clients would believe.</summary>
    internal static X509Certificate2 OtherCertificate { get; } = Authority.Issue(Host, "localhost");

    /// <summary>Key and certificate, in the order in which Postfix takes them.</summary>
    internal static string CertificatePem => Certificate.ToPrivateKeyPem() + Certificate.ToPem();

    internal static X509Certificate2 Root => Authority.Certificate;

    internal string RootFile => Path.Combine(_folder, "root.pem");

    /// <summary>A folder, or a file in it, that others than root can reach.</summary>
    internal string Folder(string name)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        return Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
    }

    /// <summary>Writes a file and gives its path.</summary>
    internal async Task<string> FileAsync(byte[] content)
    {
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
        return path;
    }

    /// <summary>Skips the calling test when a program is missing.</summary>
    internal static void Require(params string[] programs)
    {
        var missing = programs.Where(name => Command.Find(name) is null).ToList();
        Assert.SkipWhen(missing.Count > 0, "not installed: " + string.Join(", ", missing));
    }

    /// <summary>Why servers that need root cannot be started here; null when they can.</summary>
    internal static string? WhyNoServer(params string[] programs)
    {
        if (Environment.UserName != "root")
            return "needs root: it starts servers that change to users of their own";
        var missing = programs.Where(name => Command.Find(name) is null).ToList();
        return missing.Count == 0 ? null : "not installed: " + string.Join(", ", missing);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
