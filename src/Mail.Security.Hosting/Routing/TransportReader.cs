using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Delivery;
using Mail.Security.Sasl;
using Mail.Security.Transports;

namespace Mail.Security.Hosting;

/// <summary>Reads one transport of a configuration.</summary>
internal static class TransportReader
{
    /// <summary>The transport; null when its kind is not known. What is wrong with it is noted.</summary>
    public static TransportDefinition? Read(TransportName name, SectionReader section)
    {
        var transport = section.Required<Kind?>("Kind", static text => ConfigurationText.Word<Kind>(text)) switch
        {
            Kind.Direct => ReadDirect(section),
            Kind.Smarthost => ReadSmarthost(section),
            Kind.Submission => ReadSubmission(section),
            Kind.Socks => ReadSocks(name, section),
            Kind.Fail => ReadFail(section),
            _ => (TransportDefinition?)null,
        };
        if (transport is not null)
            section.Finish();
        return transport;
    }

    private static TransportDefinition.Direct ReadDirect(SectionReader section)
    {
        var (four, six) = Sources(section);
        return new() { Families = section.Families(), SourceAddressV4 = four, SourceAddressV6 = six, HelloName = HelloName(section) };
    }

    private static TransportDefinition.Smarthost ReadSmarthost(SectionReader section)
    {
        var (four, six) = Sources(section);
        return new()
        {
            Host = section.Required("Host", ConfigurationText.Domain),
            Port = section.Value("Port", 25, Port),
            LeastTls = section.Value("LeastTls", TlsFloor.Opportunistic, ConfigurationText.Word<TlsFloor>),
            ClientCertificate = ReadCertificate(section),
            Families = section.Families(),
            SourceAddressV4 = four,
            SourceAddressV6 = six,
            HelloName = HelloName(section),
        };
    }

    private static TransportDefinition.Submission ReadSubmission(SectionReader section)
    {
        var (four, six) = Sources(section);
        var certificate = ReadCertificate(section);
        return new()
        {
            ClientCertificate = certificate,
            Host = section.Required("Host", ConfigurationText.Domain),
            Port = section.Value("Port", (int?)null, static text => Port(text)),
            Tls = section.Value("Tls", SubmissionTls.StartTls, ConfigurationText.Word<SubmissionTls>),
            Trust = section.Value("DangerouslySkipVerification", false, ConfigurationText.Truth) ? SubmissionTrust.DangerouslyUnverified : SubmissionTrust.Verified,
            Dane = section.Value("Dane", DaneRequirement.WherePublished, ConfigurationText.Word<DaneRequirement>),
            Authentication = ReadLogin(section, certificate),
            Families = section.Families(),
            SourceAddressV4 = four,
            SourceAddressV6 = six,
            HelloName = HelloName(section),
        };
    }

    private static TransportDefinition.Socks ReadSocks(TransportName name, SectionReader section) => new()
    {
        Proxies = [.. section.Items("Proxies").Select((proxy, at) => ReadProxy(string.Create(CultureInfo.InvariantCulture, $"{name}-{at + 1}"), proxy))],
        HelloName = section.Required("HelloName", ConfigurationText.Domain),
        EgressAddresses = section.List("EgressAddresses", ConfigurationText.Address),
        Families = section.Families(),
    };

    private static SocksProxy ReadProxy(string usualName, SectionReader section)
    {
        var proxy = new SocksProxy
        {
            Name = section.Value("Name", usualName, static text => text),
            Host = section.Required("Host", static text => text.Length > 0 ? text : throw new FormatException("it is needed")) ?? "",
            Port = section.Value("Port", 1080, Port),
            Weight = section.Value("Weight", 1, static text => ConfigurationText.Number(text, 1, 1000)),
            Credentials = Login(section) is var (name, password) ? ProxyLogin(section, name, password) : null,
        };
        section.Finish();
        return proxy;
    }

    private static TransportDefinition.Fail ReadFail(SectionReader section)
    {
        var usual = new TransportDefinition.Fail();
        return new()
        {
            Code = section.Value("Code", usual.Code, static text => ConfigurationText.Number(text, 400, 599)),
            Status = section.Value("Status", (EnhancedStatus?)null, static text => ConfigurationText.Status(text)),
            Text = section.Value("Text", usual.Text, static text => text),
        };
    }

    // The key may stand in the file of the certificate, or in one of its own.
    private static X509Certificate2? ReadCertificate(SectionReader section)
    {
        var (certificate, key) = (section.Text("ClientCertificate"), section.Text("ClientCertificateKey"));
        if (certificate is null && key is not null)
            section.Add("ClientCertificateKey", "there is a key and no certificate (ClientCertificate)");
        if (certificate is null)
            return null;
        try
        {
            SecretFile.Check(key ?? certificate);
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (FormatException exception)
        {
            section.Add(key is null ? "ClientCertificate" : "ClientCertificateKey", exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            section.Add("ClientCertificate", $"'{certificate}' cannot be read: {exception.Message.TrimEnd('.')}");
        }
        catch (CryptographicException)
        {
            section.Add("ClientCertificate", $"'{certificate}'{(key is null ? " holds" : $" and '{key}' hold")} no certificate with its private key, in PEM and without a password");
        }
        return null;
    }

    private static SmtpClientAuthentication? ReadLogin(SectionReader section, X509Certificate2? certificate)
    {
        var options = new SaslClientOptions
        {
            Mechanisms = section.List("Mechanisms", Mechanism),
            AllowedUnverified = section.List("MechanismsAllowedUnverified", Mechanism),
            KeyCache = new ScramKeyCache(),
        };
        var login = Login(section);
        // EXTERNAL: the certificate says who the client is; that is wanted where the mechanism is named.
        if (login is null && certificate is not null && section.Text("UserName") is null && options.Mechanisms.Count == 1 && options.Mechanisms.Contains(SaslMechanisms.External))
            return new SmtpClientAuthentication(SaslCredentials.External(), new SaslClientSelector(options));
        if (login is null && section.Text("UserName") is null && options.Mechanisms.Count + options.AllowedUnverified.Count > 0)
            section.Add("Mechanisms", "mechanisms are named, but nothing to log in with (UserName)");
        return login is var (name, password) ? new SmtpClientAuthentication(new SaslCredentials(name, password), new SaslClientSelector(options)) : null;
    }

    // The name and the password; null when neither is given, or something is wrong, which is noted.
    private static (string Name, string Password)? Login(SectionReader section)
    {
        var (name, file, variable) = (section.Text("UserName"), section.Text("PasswordFile"), section.Text("PasswordVariable"));
        if (section.Has("Password"))
            section.Add("Password", "a secret is not written into a configuration; name a file (PasswordFile) or a variable of the environment (PasswordVariable)");
        if (name is null && file is null && variable is null)
            return null;
        if (string.IsNullOrEmpty(name))
            section.Add("UserName", "there is a password and no name");
        else if ((file is null) == (variable is null))
            section.Add("PasswordFile", "a name needs a password: one of PasswordFile and PasswordVariable");
        else if (Secret(section, file, variable) is { } password)
            return (name, password);
        return null;
    }

    private static string? Secret(SectionReader section, string? file, string? variable)
    {
        try
        {
            return file is not null ? SecretFile.Read(file) : SecretFile.FromVariable(variable!);
        }
        catch (FormatException exception)
        {
            section.Add(file is not null ? "PasswordFile" : "PasswordVariable", exception.Message);
            return null;
        }
    }

    private static Socks5Credentials? ProxyLogin(SectionReader section, string name, string password)
    {
        try
        {
            return new Socks5Credentials(name, password);
        }
        catch (ArgumentException)
        {
            section.Add("UserName", "name and password have 1 to 255 octets each");
            return null;
        }
    }

    private static (IPAddress? Four, IPAddress? Six) Sources(SectionReader section)
    {
        var addresses = section.List("SourceAddresses", ConfigurationText.Address);
        var (four, six) = (addresses.Where(static one => one.AddressFamily == AddressFamily.InterNetwork).ToList(), addresses.Where(static one => one.AddressFamily == AddressFamily.InterNetworkV6).ToList());
        if (four.Count > 1 || six.Count > 1)
            section.Add("SourceAddresses", "at most one address of each family");
        return (four.FirstOrDefault(), six.FirstOrDefault());
    }

    private static DomainName HelloName(SectionReader section) => section.Value("HelloName", default, ConfigurationText.Domain);

    private static int Port(string text) => ConfigurationText.Number(text, 1, ushort.MaxValue);

    private static string Mechanism(string text) => SaslMechanisms.StrongestFirst.FirstOrDefault(name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase))
        ?? throw new FormatException($"'{text}' is none of {string.Join(", ", SaslMechanisms.StrongestFirst)}");

    private enum Kind : byte
    {
        Direct,
        Smarthost,
        Submission,
        Socks,
        Fail,
    }
}
