using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security;
using Mail.Security.Sasl;
using Mail.Security.Transports;
using SendMail.Running;

namespace SendMail.Configuration;

/// <summary>Makes values of the texts of the settings, and notes every problem, not only the first.</summary>
internal sealed class ConfigurationReader(IReadOnlyDictionary<string, string> texts)
{
    private const int Submission = 587;
    private const int SubmissionTls = 465;

    private readonly List<string> _problems = [];

    /// <summary>Reads everything.</summary>
    /// <exception cref="CommandException">With <see cref="ExitCode.Configuration"/> and a sentence for each problem, which begins with its key.</exception>
    public SendConfiguration Read()
    {
        var tls = Value(Settings.Tls, Tls);
        var host = Value(Settings.HostName, text => text.Length > 0 ? Name(text) : MachineName());
        var domain = Value(Settings.Domain, text => text.Length > 0 ? Name(text) : host);
        var configuration = new SendConfiguration
        {
            Server = Value(Settings.Server, text => text.Length > 0 ? Name(text) : throw new FormatException("the name of the submission server is needed")),
            Port = Value(Settings.Port, text => text.Length > 0 ? (int)Number(text, 1, 65535) : tls == TlsUse.Implicit ? SubmissionTls : Submission),
            Tls = tls,
            Addresses = Value(Settings.Addresses, text => List(text, Address)) ?? [],
            ExtraRoots = Value(Settings.ExtraRoots, Roots),
            Authentication = Authentication(),
            HostName = host,
            Domain = domain,
            Sender = Value(Settings.Sender, text => Sender(text, domain)),
            Queue = Value(Settings.Queue, text => text.Length > 0 ? Path.GetFullPath(text) : null),
            QueueLifetime = Value(Settings.QueueLifetime, text => Duration(text, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365))),
            MaxSize = (int)Value(Settings.MaxSize, text => Number(text, 1, 1 << 30)),
            Timeout = Value(Settings.Timeout, text => Duration(text, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))),
        };
        return _problems.Count == 0 ? configuration : throw new CommandException(ExitCode.Configuration, string.Join('\n', _problems));
    }

    private T? Value<T>(Setting setting, Func<string, T> read)
    {
        try
        {
            return read(texts[setting.Key]);
        }
        catch (Exception exception) when (exception is FormatException or IOException or CryptographicException or UnauthorizedAccessException or ArgumentException)
        {
            _problems.Add($"{setting.Key}: {exception.Message.TrimEnd('.')}.");
            return default;
        }
    }

    private SmtpClientAuthentication? Authentication()
    {
        var user = texts[Settings.User.Key];
        var password = Value(Settings.PasswordFile, file => file.Length > 0 ? SecretFile.Read(file) : null);
        var token = Value(Settings.TokenFile, file => file.Length > 0 ? new SaslToken(SecretFile.Read(file)) : null);
        var mechanisms = Value(Settings.Mechanisms, text => List(text, static name => name.ToUpperInvariant())) ?? [];
        if (user.Length == 0)
            return password is null && token is null ? null : Problem(Settings.User, "there is a password or a token, and no name");
        if ((password is null) == (token is null))
            return _problems.Count > 0 ? null : Problem(Settings.User, "either PasswordFile or TokenFile is needed with it");
        return Value(Settings.Mechanisms, _ => new SmtpClientAuthentication(
            token is null ? new SaslCredentials(user, password) : SaslCredentials.Token(user, token),
            new SaslClientSelector(new SaslClientOptions { Mechanisms = mechanisms, KeyCache = new ScramKeyCache() })));
    }

    private SmtpClientAuthentication? Problem(Setting setting, string sentence)
    {
        _problems.Add($"{setting.Key}: {sentence}.");
        return null;
    }

    private static TlsUse Tls(string text) => text.ToUpperInvariant() switch
    {
        "STARTTLS" => TlsUse.StartTls,
        "IMPLICIT" => TlsUse.Implicit,
        _ => throw new FormatException($"'{text}' is neither StartTls nor Implicit"),
    };

    private static DomainName Name(string text) => DomainName.TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a domain name");

    private static DomainName MachineName() => DomainName.TryParse(Dns.GetHostName(), out var machine) ? machine : DomainName.Parse("localhost");

    private static IPAddress Address(string text) => IPAddress.TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IP address");

    private static MailPath Sender(string text, DomainName domain)
    {
        if (domain.IsEmpty)
            return default;     // that is a problem of its own
        var address = text.Length == 0 ? Environment.UserName : text;
        return MailPath.TryParse(address.Contains('@', StringComparison.Ordinal) ? address : $"{address}@{domain.Ascii}", out var path) ? path
            : throw new FormatException($"'{address}' is not a mail address");
    }

    private static X509Certificate2Collection? Roots(string file)
    {
        if (file.Length == 0)
            return null;
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(file);
        return roots.Count > 0 ? roots : throw new FormatException($"'{file}' holds no certificate in PEM");
    }

    private static IReadOnlyList<T> List<T>(string text, Func<string, T> read) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(read)];

    private static long Number(string text, long least, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw new FormatException($"'{text}' is not a whole number from {least} to {most}");

    private static TimeSpan Duration(string text, TimeSpan least, TimeSpan most)
    {
        var unit = text.Length == 0 ? TimeSpan.Zero : text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => TimeSpan.Zero,
        };
        return unit > TimeSpan.Zero && ushort.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && unit * (double)count is var value
            && value >= least && value <= most ? value : throw new FormatException($"'{text}' is not a length of time such as 30s, 5m, 4h or 5d, or is out of its bounds");
    }
}
