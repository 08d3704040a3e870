using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mail.Security.Delivery;
using Mail.Security.Sasl;
using Mail.Security.Testing;
using Mail.Security.Transports;
using Microsoft.Extensions.Configuration;

namespace Mail.Security.Hosting.Tests;

public sealed class RouteConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mailsec-routes");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_ClientCertificate_WithItsKeyInTheFileOrBesideIt(bool isBeside)
    {
        using var made = TestCertificateAuthority.CreateSelfSigned(new TestCertificateSpec { DnsNames = ["client.example"] });
        using var key = made.GetECDsaPrivateKey() ?? (AsymmetricAlgorithm?)made.GetRSAPrivateKey();
        var (certificate, pem) = (made.ExportCertificatePem(), key!.ExportPkcs8PrivateKeyPem());
        var (first, second) = (Secret("client.pem", isBeside ? certificate : $"{certificate}\n{pem}"), Secret("client.key", pem));
        var beside = isBeside ? $", \"ClientCertificateKey\": {second}" : "";

        var routes = Usable($$"""
            { "Transports": {
                "external": { "Kind": "Submission", "Host": "smtp.example.net", "Mechanisms": "EXTERNAL", "ClientCertificate": {{first}}{{beside}} },
                "hub": { "Kind": "Smarthost", "Host": "hub.example.net", "ClientCertificate": {{first}}{{beside}} } } }
            """);

        var submission = Assert.IsType<TransportDefinition.Submission>(Of(routes, "external"));
        Assert.Equal((made.Thumbprint, true, SaslCredentialKind.External), (submission.ClientCertificate!.Thumbprint, submission.ClientCertificate.HasPrivateKey, submission.Authentication!.Credentials.Kind));
        Assert.True(Assert.IsType<TransportDefinition.Smarthost>(Of(routes, "hub")).ClientCertificate!.HasPrivateKey);
    }

    [Theory]
    [InlineData("""{ "Kind": "Smarthost", "Host": "a.example", "ClientCertificateKey": "x" }""", "Transports:a:ClientCertificateKey: there is a key and no certificate (ClientCertificate).")]
    [InlineData("""{ "Kind": "Smarthost", "Host": "a.example", "ClientCertificate": "/nowhere/at/all" }""", "Transports:a:ClientCertificate: '/nowhere/at/all' cannot be read: Could not find a part of the path '/nowhere/at/all'.")]
    [InlineData("""{ "Kind": "Smarthost", "Host": "a.example", "ClientCertificate": FILE }""", "Transports:a:ClientCertificate: FILE holds no certificate with its private key, in PEM and without a password.")]
    [InlineData("""{ "Kind": "Submission", "Host": "a.example", "Mechanisms": "EXTERNAL" }""", "Transports:a:Mechanisms: mechanisms are named, but nothing to log in with (UserName).")]
    public void Read_ClientCertificateThatIsNone_IsSaid(string transport, string expected)
    {
        var file = Secret("client.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Assert.Equal(expected.Replace("FILE", file.Replace('"', '\''), StringComparison.Ordinal), Assert.Single(Assert.IsType<RouteReading.Unusable>(RouteConfiguration.Read(Parse($$"""{ "Transports": { "a": {{transport.Replace("FILE", file, StringComparison.Ordinal)}} } }"""))).Problems).ToString());
    }

    [Fact]
    public void Read_EverythingThereIs_AsItIsMeant()
    {
        Environment.SetEnvironmentVariable("MAILSEC_ROUTES_TEST", "geheim");
        var routes = Usable($$"""
            {
              "Transports": {
                "provider": { "Kind": "Submission", "Host": "smtp.example.net", "Port": 2587, "UserName": "relay", "PasswordFile": {{Secret("secret")}}, "Mechanisms": "SCRAM-SHA-256, plain", "HelloName": "out.example.org" },
                "tls": { "Kind": "submission", "Host": "smtp.example.net", "Tls": "Implicit" },
                "risky": { "Kind": "Submission", "Host": "smtp.example.net", "DangerouslySkipVerification": true, "UserName": "relay", "PasswordVariable": "MAILSEC_ROUTES_TEST", "MechanismsAllowedUnverified": ["LOGIN"] },
                "Inside": { "Kind": "Smarthost", "Host": "hub.example.org", "LeastTls": "Authenticate", "Families": "IPv4", "SourceAddresses": ["192.0.2.1", "2001:db8::1"] },
                "second": { "Kind": "Socks", "HelloName": "out2.example.org", "EgressAddresses": ["198.51.100.7"], "Proxies": [ { "Host": "192.0.2.9", "Weight": "2", "UserName": "u", "PasswordVariable": "MAILSEC_ROUTES_TEST" }, { "Name": "spare", "Host": "p.example.org", "Port": 9050 } ] },
                "six": { "Kind": "Direct", "Families": ["IPv6"] },
                "no": { "Kind": "Fail", "Code": 550, "Status": "5.7.1", "Text": "No" }
              },
              "Routes": {
                "Global": [
                  { "Recipients": [".example.org", "example.com"], "Senders": "example.net, <>", "Transport": "inside" },
                  { "MinimumAttempt": 2, "Demands": ["RequireTls"], "Known": ["NoRequireTls"], "Exchangers": [".big.example"], "Transport": "PROVIDER" }
                ],
                "Domains": { "shop.example": [ { "Transport": "no" } ] },
                "Accounts": { "ann@example.org": [ { "Transport": "direct" }, { "Transport": "six" } ] }
              },
              "Destinations": [
                { "Domains": [".example.com"], "Families": "IPv6", "LeastTls": "Encrypt", "Dane": "Always", "LeastVersion": "Tls13", "MaxConnections": 2, "Rate": "100/1h" }
              ],
              "Other": { "Key": "is not looked at" }
            }
            """);
        Assert.Equal("direct inside no provider risky second six tls", string.Join(' ', routes.Catalog.Names));
        var provider = Assert.IsType<TransportDefinition.Submission>(Of(routes, "provider"));
        Assert.Equal(("smtp.example.net", 2587, SubmissionTls.StartTls, SubmissionTrust.Verified, "relay", "out.example.org"), (provider.Host.Ascii, provider.Port, provider.Tls, provider.Trust, provider.Authentication!.Credentials.UserName, provider.HelloName.Ascii));
        Assert.Equal(("PLAIN", true), (Mechanism(provider, SaslProtection.Verified, "LOGIN", "PLAIN"), Mechanism(provider, SaslProtection.Encrypted, "LOGIN", "PLAIN") is null));
        Assert.Equal("submission smtp.example.net:465 with TLS from the start", Of(routes, "tls").ToString());
        var risky = Assert.IsType<TransportDefinition.Submission>(Of(routes, "risky"));
        Assert.Equal((SubmissionTrust.DangerouslyUnverified, "LOGIN"), (risky.Trust, Mechanism(risky, SaslProtection.Encrypted, "LOGIN", "PLAIN")));
        Assert.Equal("smarthost hub.example.org:25 by IPv4 only from 192.0.2.1 and 2001:db8::1", Of(routes, "inside").ToString());
        Assert.Equal(TlsFloor.Authenticate, ((TransportDefinition.Smarthost)Of(routes, "inside")).LeastTls);
        var socks = Assert.IsType<TransportDefinition.Socks>(Of(routes, "second"));
        Assert.Equal(("direct through SOCKS5 second-1 (192.0.2.9:1080) spare (p.example.org:9050)", 2, "198.51.100.7"), (socks.ToString(), socks.Proxies[0].Weight, Assert.Single(socks.EgressAddresses).ToString()));
        Assert.Equal("fail 550 5.7.1", Of(routes, "no").ToString());
        Assert.Equal(5, routes.Table.Count);
        Assert.Equal(new RouteSelection.Chosen(TransportName.Parse("inside"), "global route 1: recipients .example.org example.com, senders example.net <>"),
            routes.Table.Select(new RouteQuery { Recipient = new RecipientDomain(DomainName.Parse("x.example.org")) }));
        var destination = Assert.Single(routes.Destinations);
        Assert.Equal((AddressFamilies.IPv6Only, TlsFloor.Encrypt, DaneRequirement.Always, LeastTlsVersion.Tls13, 2, new MessageRate(100, TimeSpan.FromHours(1))),
            (destination.Families, destination.LeastTls, destination.Dane, destination.LeastVersion, destination.MaxConnections, destination.Rate));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "Transports": {}, "Routes": {}, "Destinations": [] }""")]
    public void Read_Nothing_Direct(string json) => Assert.Equal([TransportName.Direct], Usable(json).Catalog.Names);

    [Theory]
    [InlineData("""{ "Transports": { "a b": { "Kind": "Direct" } } }""", "Transports:a b: the name of a transport has 1 to 64 letters, digits, hyphens, underscores and dots, the first a letter or digit.")]
    [InlineData("""{ "Transports": { "a": {} } }""", "Transports:a:Kind: it is needed.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Pigeon" } } }""", "Transports:a:Kind: 'Pigeon' is none of Direct, Smarthost, Submission, Socks, Fail.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Direct", "Hots": "x" } } }""", "Transports:a:Hots: there is no such key here, only Families, HelloName, Kind, SourceAddresses.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Direct", "Families": [] } } }""", "Transports:a:Families: both families are disabled; name IPv4, IPv6 or both.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Direct", "SourceAddresses": "192.0.2.1, 192.0.2.2" } } }""", "Transports:a:SourceAddresses: at most one address of each family.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Smarthost" } } }""", "Transports:a:Host: it is needed.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Smarthost", "Host": "not a name" } } }""", "Transports:a:Host: 'not a name' is not a domain name.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Smarthost", "Host": "a.example", "Port": 0 } } }""", "Transports:a:Port: '0' is not a whole number from 1 to 65535.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Submission", "Host": "a.example", "Tls": "Implicit", "DangerouslySkipVerification": true } } }""", "Transports:a:Trust: with TLS from the start the server is always verified.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Submission", "Host": "a.example", "DangerouslySkipVerification": "maybe" } } }""", "Transports:a:DangerouslySkipVerification: 'maybe' is neither true nor false.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Submission", "Host": "a.example", "UserName": "u" } } }""", "Transports:a:PasswordFile: a name needs a password: one of PasswordFile and PasswordVariable.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Submission", "Host": "a.example", "PasswordVariable": "X" } } }""", "Transports:a:UserName: there is a password and no name.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Submission", "Host": "a.example", "UserName": "u", "PasswordFile": "/nowhere/at/all" } } }""", "Transports:a:PasswordFile: '/nowhere/at/all' cannot be read: Could not find a part of the path '/nowhere/at/all'.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Submission", "Host": "a.example", "UserName": "u", "PasswordVariable": "MAILSEC_NOT_SET" } } }""", "Transports:a:PasswordVariable: the variable MAILSEC_NOT_SET is not set.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Submission", "Host": "a.example", "UserName": "u", "PasswordVariable": "PATH", "Password": "geheim" } } }""", "Transports:a:Password: a secret is not written into a configuration; name a file (PasswordFile) or a variable of the environment (PasswordVariable).")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Submission", "Host": "a.example", "Mechanisms": "ROT13" } } }""", "Transports:a:Mechanisms: 'ROT13' is none of *")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Submission", "Host": "a.example", "Mechanisms": "PLAIN" } } }""", "Transports:a:Mechanisms: mechanisms are named, but nothing to log in with (UserName).")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Socks", "HelloName": "a.example" } } }""", "Transports:a:Proxies: at least one proxy is needed.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Socks", "Proxies": [ { "Host": "192.0.2.1", "Port": "x" } ] } } }""", "Transports:a:Proxies:0:Port: 'x' is not a whole number from 1 to 65535. Transports:a:HelloName: it is needed.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Socks", "HelloName": "a.example", "Proxies": [ { "Name": "p", "Host": "192.0.2.1" } ] }, "b": { "Kind": "Socks", "HelloName": "a.example", "Proxies": [ { "Name": "P", "Host": "192.0.2.2" } ] } } }""", "Transports:b:Proxies: the transport 'a' has another proxy with the name 'P'.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Fail", "Code": 250 } } }""", "Transports:a:Code: '250' is not a whole number from 400 to 599.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Fail", "Code": 450, "Status": "5.7.1" } } }""", "Transports:a:Status: the class of the status must be the first digit of the code.")]
    [InlineData("""{ "Transports": "a" }""", "Transports: a section is meant, not a text.")]
    [InlineData("""{ "Routes": { "Global": [ { "Transport": "gone" } ] } }""", "Routes:Global:0:Transport: there is no transport 'gone', only direct.")]
    [InlineData("""{ "Transports": { "a": { "Kind": "Smarthost" } }, "Routes": { "Global": [ { "Transport": "a" } ] } }""", "Transports:a:Host: it is needed.")]
    [InlineData("""{ "Routes": { "Global": [ {} ] } }""", "Routes:Global:0:Transport: it is needed.")]
    [InlineData("""{ "Routes": { "Global": [ { "Transport": "direct", "Recipients": ["*.example"] } ] } }""", "Routes:Global:0:Recipients: '*.example' is not a domain such as example.com or .example.com.")]
    [InlineData("""{ "Routes": { "Global": [ { "Transport": "direct", "Senders": ["."] } ] } }""", "Routes:Global:0:Senders: '.' is not a domain such as example.com or .example.com, nor <>.")]
    [InlineData("""{ "Routes": { "Global": [ { "Transport": "direct", "MinimumAttempt": 0 } ] } }""", "Routes:Global:0:MinimumAttempt: '0' is not a whole number from 1 to 1000.")]
    [InlineData("""{ "Routes": { "Global": { "first": { "Transport": "direct" } } } }""", "Routes:Global:first: a list is meant, whose keys are numbers.")]
    [InlineData("""{ "Routes": { "Domains": { "a b": [ { "Transport": "direct" } ] } } }""", "Routes:Domains:a b: that is not a domain name.")]
    [InlineData("""{ "Routes": { "Glabal": [] , "Domians": { "a": "b" } } }""", "Routes:Domians: there is no such key here, only Accounts, Domains, Global. Routes:Glabal: there is no such key here, only Accounts, Domains, Global.")]
    [InlineData("""{ "Destinations": [ { "Rate": "many" } ] }""", "Destinations:0:Rate: 'many' is not a rate such as 100/1h: 1 to 100000 messages in a time of at most a day. Destinations:0:Domains: at least one domain is needed.")]
    [InlineData("""{ "Destinations": [ { "Domains": "a.example", "Rate": "1/2d" } ] }""", "Destinations:0:Rate: '1/2d' is not a rate such as 100/1h: 1 to 100000 messages in a time of at most a day.")]
    [InlineData("""{ "Destinations": [ { "Domains": "a.example", "LeastTls": "Some" } ] }""", "Destinations:0:LeastTls: 'Some' is none of Opportunistic, Encrypt, Authenticate.")]
    public void Read_SomethingWrong_KeyAndReason(string json, string expected)
    {
        var problems = string.Join(' ', Assert.IsType<RouteReading.Unusable>(RouteConfiguration.Read(Parse(json))).Problems);
        if (expected.EndsWith('*'))
            Assert.StartsWith(expected[..^1], problems, StringComparison.Ordinal);
        else
            Assert.Equal(expected, problems);
        Assert.DoesNotContain("geheim", problems, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AfterAChange_LoginsThatAreTheSameKeepTheirObject()
    {
        string Json(string port, string mechanisms, string password) => $$"""
            { "Transports": { "a": { "Kind": "Submission", "Host": "smtp.example.net", "Port": {{port}}, "UserName": "relay", "PasswordFile": {{Secret("kept", password)}}, "Mechanisms": "{{mechanisms}}" } } }
            """;
        SmtpClientAuthentication Login(DeliveryRoutes routes) => ((TransportDefinition.Submission)Of(routes, "a")).Authentication!;
        DeliveryRoutes Again(string json, DeliveryRoutes former) => Assert.IsType<RouteReading.Usable>(RouteConfiguration.Read(Parse(json), former)).Routes;
        var first = Usable(Json("587", "PLAIN", "one"));

        var same = Again(Json("2587", "plain", "one"), first);
        Assert.Equal(2587, ((TransportDefinition.Submission)Of(same, "a")).Port);
        Assert.Same(Login(first), Login(same));
        Assert.NotSame(Login(first), Login(Again(Json("587", "LOGIN", "one"), first)));
        Assert.NotSame(Login(first), Login(Again(Json("587", "PLAIN", "two"), first)));
        Assert.True(Login(same).Credentials.IsEquivalentTo(new SaslCredentials("relay", "one")));       // still usable
    }

    [Fact]
    public void Read_TwoLoginsAtOneProxy_TwoProxies()
    {
        Environment.SetEnvironmentVariable("MAILSEC_ROUTES_TEST", "geheim");
        var routes = Usable("""
            { "Transports": { "a": { "Kind": "Socks", "HelloName": "a.example", "Proxies": [
                { "Host": "192.0.2.9", "UserName": "one", "PasswordVariable": "MAILSEC_ROUTES_TEST" }, { "Host": "192.0.2.9", "UserName": "two", "PasswordVariable": "MAILSEC_ROUTES_TEST" } ] } } }
            """);
        var pool = Assert.IsType<ProxyPool>(new TransportDialers(new TcpDialer()).For(Of(routes, "a")));
        Assert.Equal(["a-1", "a-2"], pool.Status.Select(static proxy => proxy.Name));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\nsecond line", "is empty")]
    public void Read_SecretFileWithoutASecret_IsSaid(string content, string expected)
    {
        var json = $$"""{ "Transports": { "a": { "Kind": "Submission", "Host": "a.example", "UserName": "u", "PasswordFile": {{Secret("empty", content)}} } } }""";
        Assert.EndsWith(expected + ".", Assert.Single(Assert.IsType<RouteReading.Unusable>(RouteConfiguration.Read(Parse(json))).Problems).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("67656865E9", false)]              // "geheé" in ISO 8859-1
    [InlineData("FFFE6700650068000A00", false)]    // UTF-16
    [InlineData("67C3A4680A", true)]
    [InlineData("EFBBBF67680D0AFF", true)]         // a byte order mark before it, and who knows what behind
    public void Read_SecretFileInAnyEncoding_OnlyUtf8AndNoOctetIsTold(string hex, bool usable)
    {
        var secret = Secret("octets");
        File.WriteAllBytes(Path.Combine(_directory.FullName, "octets"), Convert.FromHexString(hex));
        var reading = RouteConfiguration.Read(Parse($$"""{ "Transports": { "a": { "Kind": "Submission", "Host": "a.example", "UserName": "u", "PasswordFile": {{secret}} } } }"""));
        if (usable)
            Assert.IsType<RouteReading.Usable>(reading);
        else
            Assert.Equal($"'{Path.Combine(_directory.FullName, "octets")}' is not UTF-8", Assert.Single(Assert.IsType<RouteReading.Unusable>(reading).Problems).Reason);
    }

    [Fact]
    public void Read_AccountWithAColon_SaidClearly()
    {
        var json = """{ "Routes": { "Accounts": { "ann:home": [ { "Transport": "direct" } ] } } }""";
        Assert.StartsWith("Routes:Accounts:ann: a list of routes is meant; the name of an account", Assert.Single(Assert.IsType<RouteReading.Unusable>(RouteConfiguration.Read(Parse(json))).Problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AccountInTwoSpellings_Refused()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Routes:Accounts:Ann:0:Transport", "direct"), new("Routes:Accounts:bob:0:Transport", "direct")])
            .AddInMemoryCollection([new("Routes:Accounts:ann:0:Transport", "direct"), new("Routes:Accounts:bob:0:MinimumAttempt", "2")]);
        var problem = Assert.Single(Assert.IsType<RouteReading.Unusable>(RouteConfiguration.Read(configuration.Build())).Problems);
        Assert.Equal(("Routes:Accounts:Ann", true), (problem.Key, problem.Reason.StartsWith("the account is also written 'ann';", StringComparison.Ordinal)));
    }

    [Fact]
    public void Read_SecretFileThatEverybodyMayRead_Refused()
    {
        if (OperatingSystem.IsWindows())
            return;
        var json = $$"""{ "Transports": { "a": { "Kind": "Submission", "Host": "a.example", "UserName": "u", "PasswordFile": {{Secret("open")}} } } }""";
        File.SetUnixFileMode(Path.Combine(_directory.FullName, "open"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("is open to every user of this machine", Assert.Single(Assert.IsType<RouteReading.Unusable>(RouteConfiguration.Read(Parse(json))).Problems).Reason, StringComparison.Ordinal);
    }

    private static string? Mechanism(TransportDefinition.Submission submission, SaslProtection protection, params string[] offered) =>
        (submission.Authentication!.Selector.Select(submission.Authentication.Credentials, offered, new SaslClientChannel(protection)) as SaslSelection.Selected)?.Client.Mechanism;

    private string Secret(string name, string content = "geheim\n")
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, content);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return System.Text.Json.JsonSerializer.Serialize(path);
    }

    private static TransportDefinition Of(DeliveryRoutes routes, string name) => routes.Catalog.TryGet(TransportName.Parse(name), out var transport) ? transport : throw new InvalidOperationException(name);

    private static DeliveryRoutes Usable(string json) => RouteConfiguration.Read(Parse(json)) switch
    {
        RouteReading.Usable(var routes) => routes,
        var reading => throw new InvalidOperationException(string.Join(' ', ((RouteReading.Unusable)reading).Problems)),
    };

    private static IConfiguration Parse(string json) => new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
}
