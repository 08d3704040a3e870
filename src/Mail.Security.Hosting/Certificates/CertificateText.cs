using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting;

/// <summary>The text of a certificate's files, and what it says.</summary>
internal abstract record CertificateText
{
    private const int MostBytes = 1 << 20;

    private CertificateText()
    {
    }

    /// <summary>What was read in as few bytes as a comparison needs; the key is not kept for it. Empty when nothing was read.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>What it says; nothing in it makes this throw.</summary>
    public abstract CertificateReading Parse(DateTimeOffset now);

    /// <summary>Reads both files; one that is no certificate's by its size is not read.</summary>
    public static CertificateText Read(CertificateFile file)
    {
        try
        {
            var certificate = ReadFile(file.CertificatePath);
            return new Loaded(certificate, file.KeyPath is { } key ? ReadFile(key) : certificate);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return new Failed(exception.Message);
        }
    }

    private static string ReadFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length > MostBytes)
            throw new IOException($"'{path}' is larger than {MostBytes} bytes");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>They cannot be read.</summary>
    private sealed record Failed(string Detail) : CertificateText
    {
        public override string Fingerprint => "";

        public override CertificateReading Parse(DateTimeOffset now) => new CertificateReading.Unusable(CertificateFault.Unreadable, Detail);
    }

    /// <summary>They were read.</summary>
    private sealed record Loaded(string Certificate, string Key) : CertificateText
    {
        public override string Fingerprint { get; } = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Certificate + "\0" + Key)));

        public override CertificateReading Parse(DateTimeOffset now)
        {
            if (IsTorn(Certificate) || IsTorn(Key))
                return new CertificateReading.Unusable(CertificateFault.Incomplete, "a PEM block has no end");
            try
            {
                return ParseWhole(now);
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException)
            {
                return new CertificateReading.Unusable(CertificateFault.NoCertificate, exception.Message);
            }
        }

        private CertificateReading ParseWhole(DateTimeOffset now)
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(Certificate);
            if (chain.Count == 0)
                return new CertificateReading.Unusable(CertificateFault.NoCertificate, "the file holds no certificate");
            var bare = chain[0];
            chain.RemoveAt(0);
            try
            {
                if (TakeKey(bare, out var leaf) is { } unusable)
                    return unusable;
                var usable = new SmtpServerCertificate(leaf!, chain);
                var text = (DateTimeOffset date) => date.ToString("O", CultureInfo.InvariantCulture);
                if (leaf!.NotAfter.ToUniversalTime() < now.UtcDateTime)
                    return new CertificateReading.OutOfDate(usable, CertificateFault.Expired, $"it was valid until {text(leaf.NotAfter)}");
                return leaf.NotBefore.ToUniversalTime() > now.UtcDateTime
                    ? new CertificateReading.OutOfDate(usable, CertificateFault.NotYetValid, $"it is valid from {text(leaf.NotBefore)}")
                    : new CertificateReading.Usable(usable);
            }
            finally
            {
                bare.Dispose();
            }
        }

        private CertificateReading.Unusable? TakeKey(X509Certificate2 bare, out X509Certificate2? leaf)
        {
            leaf = null;
            if (PrivateKeys.Read(Key) is not { } key)
                return new(CertificateFault.NoKey, "there is no private key that can be read without a password");
            using (key)
            {
                if (!PrivateKeys.BelongsTo(key, bare))
                    return new(CertificateFault.KeyMismatch, "the private key belongs to another certificate");
                using var joined = PrivateKeys.Join(bare, key);
                // Through PKCS #12, so that the key is one that TLS takes on every platform.
                leaf = X509CertificateLoader.LoadPkcs12(joined.Export(X509ContentType.Pkcs12), password: null);
                return null;
            }
        }

        private static bool IsTorn(string text) => Count(text, "-----BEGIN ") != Count(text, "-----END ");

        private static int Count(string text, string mark)
        {
            var count = 0;
            for (var at = text.IndexOf(mark, StringComparison.Ordinal); at >= 0; at = text.IndexOf(mark, at + 1, StringComparison.Ordinal))
                count++;
            return count;
        }
    }
}
