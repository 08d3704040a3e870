using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;
using Mail.Security.Hosting;
using Mail.Security.Queue;
using Mail.Security.Smtp;
using Mail.Security.Transports;
using Microsoft.Extensions.Logging;

namespace Relay.Configuration;

/// <summary>Makes values of the texts of the settings, and notes every problem, not only the first.</summary>
internal sealed class ConfigurationReader(SettingTexts given, TimeProvider time)
{
    private readonly Dictionary<string, string> _texts = given.Texts;
    private readonly List<string> _problems = [];

    /// <summary>Reads everything. The configuration is null when there are problems: sentences that begin with the key.</summary>
    public (RelayConfiguration? Configuration, IReadOnlyList<string> Problems) Read()
    {
        var hostName = Value(Settings.HostName, HostName);
        var anchors = Value(Settings.TrustAnchor, TrustAnchorFile.Load);
        var configuration = new RelayConfiguration
        {
            HostName = hostName,
            Database = Value(Settings.Database, FileInFolder) ?? "",
            MaxDatabaseSize = Value(Settings.MaxDatabaseSize, text => text.Length == 0 ? (long?)null : Values.Number(text, 1 << 20, long.MaxValue)),
            MinFreeSpace = Value(Settings.MinFreeSpace, text => Values.Number(text, 0, 1L << 50)),
            Smtp = Value(Settings.Smtp, text => Values.List(text, one => Values.EndPoint(one, 25))) ?? [],
            Submission = Value(Settings.Submission, text => Values.List(text, one => Values.EndPoint(one, 587))) ?? [],
            SubmissionTls = Value(Settings.SubmissionTls, text => Values.List(text, one => Values.EndPoint(one, 465))) ?? [],
            Credentials = Value(Settings.Credentials, file => file.Length == 0 ? null : CredentialFile.Load(file)),
            Certificate = Certificates(hostName),
            CertificateInterval = Value(Settings.CertificateInterval, text => Values.Duration(text, "1s", "1d")),
            Networks = Value(Settings.Networks, text => Values.List(text, Values.Network)) ?? [],
            DeliveryNetworks = Value(Settings.DeliveryNetworks, Values.Networks) ?? [],
            Postmaster = Value(Settings.Postmaster, Postmaster),
            MaxMessageSize = Value(Settings.MaxMessageSize, text => Values.Number(text, 1, 1L << 40)),
            BareLineEnds = Value(Settings.BareLineEnds, Values.Word<BareLineEndPolicy>),
            MaxConnections = (int)Value(Settings.MaxConnections, text => Values.Number(text, 1, 1_000_000)),
            MaxConnectionsPerAddress = (int)Value(Settings.MaxConnectionsPerAddress, text => Values.Number(text, 1, 1_000_000)),
            MaxConnectionsPerNetwork = Value(Settings.MaxConnectionsPerNetwork, text => text.Length == 0 ? (int?)null : (int)Values.Number(text, 1, 1_000_000)),
            MaxConnectionRate = (int)Value(Settings.MaxConnectionRate, text => Values.Number(text, 0, 1_000_000)),
            MaxFailedLogins = (int)Value(Settings.MaxFailedLogins, text => Values.Number(text, 0, 1_000_000)),
            MaxFailedLoginsPerNetwork = Value(Settings.MaxFailedLoginsPerNetwork, text => text.Length == 0 ? (int?)null : (int)Values.Number(text, 0, 1_000_000)),
            MaxHeldMail = Value(Settings.MaxHeldMail, text => text == "0" ? 0 : Values.Number(text, 1 << 20, 1L << 50)),
            Resolver = Value(Settings.Resolver, text => Values.List(text, one => Values.EndPoint(one, 53))) ?? [],
            ResolverTrust = Value(Settings.ResolverTrust, Values.Word<AdTrust>),
            ResolverMode = Value(Settings.ResolverMode, Values.Word<DnssecMode>),
            TrustAnchor = anchors,
            NegativeTrustAnchors = Value(Settings.NegativeTrustAnchors, text => NegativeAnchors.Read(text, anchors?.Anchors ?? [])) ?? [],
            TrustAnchorStore = Value(Settings.TrustAnchorStore, AnchorPlace),
            ExtraRoots = Value(Settings.ExtraRoots, Roots),
            InsecureMx = Value(Settings.InsecureMx, Values.Word<InsecureMxPolicy>),
            DeliveryPort = (int)Value(Settings.DeliveryPort, text => Values.Number(text, 1, 65535)),
            MtaStsPort = (int)Value(Settings.MtaStsPort, text => Values.Number(text, 1, 65535)),
            PublicAddresses = Value(Settings.PublicAddresses, text => Values.List(text, Values.Address)) ?? [],
            SenderDomains = Value(Settings.SenderDomains, text => Values.List(text, Values.Domain)) ?? [],
            Pool = Pool(),
            Routes = Routes(),
            MaxDeliveries = (int)Value(Settings.MaxDeliveries, text => Values.Number(text, 1, 1000)),
            Schedule = Schedule(),
            Lease = Value(Settings.Lease, text => Values.Duration(text, "1s", "1d")),
            StopTimeout = Value(Settings.StopTimeout, text => Values.Duration(text, "1ms", "1h")),
            Explain = Value(Settings.Explain, Values.Word<Explaining>),
            ProtocolLog = Value(Settings.ProtocolLog, Values.Networks) ?? [],
            LogLevel = Value(Settings.LogLevel, Values.Word<LogLevel>),
            LogFormat = Value(Settings.LogFormat, Values.Word<LogFormat>),
        };
        if (_problems.Count == 0 && configuration.Smtp.Count + configuration.Submission.Count + configuration.SubmissionTls.Count == 0)
            _problems.Add("Smtp, Submission, SubmissionTls: all are empty; give at least one address and port.");
        return _problems.Count == 0 ? (configuration, []) : (null, _problems);
    }

    private T? Value<T>(Setting setting, Func<string, T> read)
    {
        try
        {
            return read(_texts[setting.Key]);
        }
        catch (Exception exception) when (exception is FormatException or IOException or CryptographicException or UnauthorizedAccessException or ArgumentException)
        {
            _problems.Add($"{setting.Key}: {exception.Message.TrimEnd('.')}.");
            return default;
        }
    }

    private static DomainName HostName(string text)
    {
        if (text.Length > 0)
            return DomainName.TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a domain name");
        return DomainName.TryParse(Dns.GetHostName(), out var machine) ? machine : DomainName.Parse("localhost");
    }

    private static string FileInFolder(string path)
    {
        var full = path.Length > 0 ? Path.GetFullPath(path) : throw new FormatException("the path is empty");
        return Directory.Exists(Path.GetDirectoryName(full)) ? full : throw new FormatException($"the folder of '{full}' does not exist");
    }

    private TrustAnchorPlace? AnchorPlace(string text) => text.Length == 0 ? null
        : string.Equals(text, TrustAnchorPlace.DatabaseWord, StringComparison.OrdinalIgnoreCase) ? new TrustAnchorPlace.InDatabase()
        : TrustAnchorPlace.At(FileInFolder(text), Path.GetFullPath(_texts[Settings.Database.Key]));

    private ServerCertificate Certificates(DomainName hostName)
    {
        var first = Value(Settings.Certificate, file => Certificate(file, hostName));
        var more = Value(Settings.MoreCertificates, text => Values.List(text, one => ServerCertificate.Parse(one, time))) ?? [];
        if (first is { Made: not null } && more.Count > 0)
            _problems.Add("MoreCertificates: there are further certificates but no first one (Certificate).");
        return first is null ? null! : first with { Files = [.. first.Files, .. more] };
    }

    private ServerCertificate Certificate(string file, DomainName hostName)
    {
        var key = _texts[Settings.CertificateKey.Key];
        if (file.Length > 0)
            return new([ServerCertificate.Checked(file, key.Length > 0 ? key : null, time)], null);
        if (key.Length > 0)
            throw new FormatException("a key is given (CertificateKey) but no certificate");
        return hostName.IsEmpty ? null! : ServerCertificate.SelfSigned(hostName, time);
    }

    private static MailPath? Postmaster(string text) => text.Length == 0 ? null
        : MailPath.TryParse(text, out var path) && path.RecipientDomain is not null ? path
        : throw new FormatException($"'{text}' is not a mail address with a domain");

    private static X509Certificate2Collection? Roots(string file)
    {
        if (file.Length == 0)
            return null;
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(file);
        return roots.Count > 0 ? roots : throw new FormatException($"'{file}' holds no certificate in PEM");
    }

    private DeliveryRoutes Routes()
    {
        switch (RouteConfiguration.Read(given.Sections))
        {
            case RouteReading.Usable(var routes):
                return routes;
            case RouteReading.Unusable(var problems):
                _problems.AddRange(problems.Select(static problem => problem.ToString()));
                return DeliveryRoutes.Default;
            default:
                throw new UnreachableException();
        }
    }

    private SmtpSessionPoolOptions Pool() => new()
    {
        MaxSessionsPerHost = (int)Value(Settings.MaxHostSessions, text => Values.Number(text, 1, 100_000)),
        MaxSessions = (int)Value(Settings.MaxSessions, text => Values.Number(text, 1, 100_000)),
        MaxTransactions = (int)Value(Settings.MaxSessionMessages, text => Values.Number(text, 1, 100_000)),
        IdleTime = Value(Settings.SessionIdleTime, text => Values.Duration(text, "1ms", "1d")),
        MaxAge = Value(Settings.SessionMaxAge, text => Values.Duration(text, "1ms", "1d")),
        WaitTime = Value(Settings.SessionWaitTime, text => Values.Duration(text, "1ms", "1h")),
    };

    private RetrySchedule Schedule() => new()
    {
        Delays = Value(Settings.RetryDelays, text => Values.List(text, Values.Duration) is { Count: > 0 } delays ? delays : throw new FormatException("at least one pause is needed")) ?? [TimeSpan.FromMinutes(1)],
        Lifetime = Value(Settings.RetryLifetime, Values.Duration) is { Ticks: > 0 } lifetime ? lifetime : TimeSpan.FromDays(1),
        DelayNoticeAfter = Value(Settings.RetryNotice, text => string.Equals(text, "never", StringComparison.OrdinalIgnoreCase) ? (TimeSpan?)null : Values.Duration(text)),
        Jitter = Value(Settings.RetryJitter, text => Values.Fraction(text, 0, 0.5)),
    };
}
