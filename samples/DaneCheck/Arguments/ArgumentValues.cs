using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DaneCheck.Running;
using Mail.Security;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;

namespace DaneCheck.Arguments;

/// <summary>Makes values of the texts of options; what is none is a <see cref="UsageException"/>.</summary>
internal static class ArgumentValues
{
    private const int DnsPort = 53;

    public static DomainName Domain(string text) => DomainName.TryParse(text, out var domain) ? domain : throw new UsageException($"'{text}' is no domain.");

    // "53" would be read as 0.0.0.53.
    public static IPEndPoint Resolver(string value) => !IPEndPoint.TryParse(value, out var end) || end.AddressFamily == AddressFamily.InterNetwork && value.Count(static letter => letter == '.') != 3 ? throw new UsageException($"--resolver: '{value}' is no address.")
        : end.Port == 0 ? new IPEndPoint(end.Address, DnsPort) : end;

    public static DnssecMode Dnssec(string value) => value switch
    {
        "auto" => DnssecMode.Auto,
        "ad" => DnssecMode.AdBit,
        "validate" => DnssecMode.Validate,
        _ => throw new UsageException($"--mode: '{value}' is none of ad, validate and auto."),
    };

    public static SubmissionTls Tls(string value) => value switch
    {
        "starttls" => SubmissionTls.StartTls,
        "implicit" => SubmissionTls.Implicit,
        _ => throw new UsageException($"--tls: '{value}' is neither starttls nor implicit."),
    };

    public static InsecureMxPolicy InsecureMx(string value) => value switch
    {
        "opportunistic" => InsecureMxPolicy.Opportunistic,
        "dane" => InsecureMxPolicy.Dane,
        _ => throw new UsageException($"--insecure-mx: '{value}' is neither opportunistic nor dane."),
    };

    public static int Number(string name, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
            : throw new UsageException($"{name}: '{value}' is no number from {least} to {most}.");

    public static IReadOnlyList<TrustAnchor> Anchors(string file)
    {
        try
        {
            return TrustAnchors.Parse(File.ReadAllText(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new UsageException($"--trust-anchor {file}: {exception.Message}");
        }
    }

    public static X509Certificate2Collection Roots(string file)
    {
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(file);
            return roots.Count > 0 ? roots : throw new UsageException($"--ca {file}: there is no certificate.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException($"--ca {file}: {exception.Message}");
        }
    }
}
