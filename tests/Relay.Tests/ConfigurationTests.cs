using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Relay.Configuration;

namespace Relay.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public void Read_Defaults_AreAConfiguration()
    {
        var (configuration, problems) = Read([]);

        Assert.Empty(problems);
        Assert.Equal(("127.0.0.1:2525", 25, 2), (configuration!.Smtp[0].ToString(), configuration.DeliveryPort, configuration.Networks.Count));
        Assert.Equal(CertificateOrigin.SelfSigned, configuration.Certificate.Origin);
        Assert.Equal(Mail.Security.Queue.RetrySchedule.Default.Delays, configuration.Schedule.Delays);
        Assert.Equal((TimeSpan.FromDays(5), TimeSpan.FromHours(4)), (configuration.Schedule.Lifetime, configuration.Schedule.DelayNoticeAfter));
    }

    [Theory]
    [InlineData("HostName", "not a name", "is not a domain name")]
    [InlineData("Database", "/no/such/folder/relay.db", "does not exist")]
    [InlineData("Database", "", "the path is empty")]
    [InlineData("MaxDatabaseSize", "1", "is not a whole number from 1048576")]
    [InlineData("MinFreeSpace", "10%", "is not a whole number from 0")]
    [InlineData("Smtp", "localhost:25", "is not an address and port")]
    [InlineData("Smtp", "127.0.0.1:70000", "is not an address and port")]
    [InlineData("Submission", "x", "is not an address and port")]
    [InlineData("SubmissionTls", "1.2.3.4:x", "is not an address and port")]
    [InlineData("Certificate", "/no/such/file.pem", "Could not find")]
    [InlineData("CertificateKey", "some.key", "Certificate: a key is given")]
    [InlineData("MoreCertificates", "/no/such/file.pem", "Could not find")]
    [InlineData("MoreCertificates", "/no/such/file.pem=/no/such.key", "Could not find")]
    [InlineData("CertificateInterval", "2d", "is not a length of time from 1s to 1d")]
    [InlineData("MaxConnectionsPerNetwork", "0", "is not a whole number from 1")]
    [InlineData("MaxConnectionRate", "-1", "is not a whole number from 0")]
    [InlineData("MaxFailedLogins", "-1", "is not a whole number from 0")]
    [InlineData("MaxFailedLoginsPerNetwork", "many", "is not a whole number from 0")]
    [InlineData("MaxHeldMail", "1000", "is not a whole number from 1048576")]
    [InlineData("Networks", "10.0.0.0/33", "is not a network")]
    [InlineData("Networks", "10.0.0.0", "is not a network")]
    [InlineData("Postmaster", "root", "is not a mail address")]
    [InlineData("MaxMessageSize", "0", "is not a whole number")]
    [InlineData("MaxConnections", "-1", "is not a whole number")]
    [InlineData("MaxConnectionsPerAddress", "many", "is not a whole number")]
    [InlineData("Resolver", "dns.example", "is not an address and port")]
    [InlineData("ResolverTrust", "Maybe", "is none of Auto, Trust, Distrust")]
    [InlineData("ResolverMode", "Believe", "is none of Auto, AdBit, Validate")]
    [InlineData("TrustAnchor", "/no/such/file.key", "Could not find")]
    [InlineData("TrustAnchor", "/dev/null", "'/dev/null': There is no DS or DNSKEY record")]
    [InlineData("NegativeTrustAnchors", "corp.example, -.example", "'-.example' is not a domain name")]
    [InlineData("NegativeTrustAnchors", "corp.example=soon", "'corp.example=soon' is not a name with a day such as")]
    [InlineData("NegativeTrustAnchors", "corp.example, corp.example=2027-01-31", "'corp.example' is there more than once")]
    [InlineData("TrustAnchorStore", "/no/such/folder/anchors", "does not exist")]
    [InlineData("ExtraRoots", "/no/such/file.pem", "Could not find")]
    [InlineData("InsecureMx", "1", "is none of Opportunistic, Dane")]
    [InlineData("DeliveryPort", "0", "is not a whole number from 1 to 65535")]
    [InlineData("MtaStsPort", "65536", "is not a whole number from 1 to 65535")]
    [InlineData("MaxDeliveries", "0", "is not a whole number")]
    [InlineData("RetryDelays", "", "at least one pause")]
    [InlineData("RetryDelays", "15", "is not a length of time")]
    [InlineData("RetryLifetime", "0d", "is not a length of time")]
    [InlineData("RetryLifetime", "9999999d", "is not a length of time")]
    [InlineData("RetryNotice", "sometimes", "is not a length of time")]
    [InlineData("RetryJitter", "0.6", "is not a number from 0 to 0.5")]
    [InlineData("Lease", "10ms", "is not a length of time from 1s to 1d")]
    [InlineData("Lease", "300d", "is not a length of time from 1s to 1d")]
    [InlineData("StopTimeout", "-1s", "is not a length of time")]
    [InlineData("StopTimeout", "100d", "is not a length of time from 1ms to 1h")]
    [InlineData("Explain", "yes", "is none of None, All")]
    [InlineData("BareLineEnds", "Keep", "is none of Refuse, Normalise")]
    [InlineData("ProtocolLog", "client.example", "is not a network")]
    [InlineData("LogLevel", "Loud", "is none of")]
    [InlineData("LogFormat", "Xml", "is none of Text, Json")]
    [InlineData("Bogus", "1", "there is no such setting")]
    [InlineData("Smtp:0", "127.0.0.1:25", "write lists with commas")]
    public void Read_BadValue_IsOneSentenceThatNamesTheKey(string key, string value, string sentence)
    {
        var (configuration, problems) = Read(new() { [key] = value });

        Assert.Null(configuration);
        var problem = Assert.Single(problems);
        Assert.StartsWith(key == "CertificateKey" ? "Certificate: " : key.Split(':')[0], problem, StringComparison.Ordinal);
        Assert.Contains(sentence, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TrustAnchorStore_TheDatabaseByItsWordOrPathAndAnyOtherFile()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var (database, other, file) = (Path.Combine(folder, "relay.db"), Path.Combine(folder, "other.db"), Path.Combine(folder, "Database"));
            File.WriteAllText(other, "SQLite format 3\0 and so on");

            Assert.Null(Read([]).Configuration!.TrustAnchorStore);
            Assert.Equal(new TrustAnchorPlace.InDatabase(), Read(new() { ["TrustAnchorStore"] = "database" }).Configuration!.TrustAnchorStore);
            Assert.Equal(new TrustAnchorPlace.InDatabase(), Read(new() { ["Database"] = database, ["TrustAnchorStore"] = database }).Configuration!.TrustAnchorStore);
            Assert.Equal(new TrustAnchorPlace.InFile(file), Read(new() { ["TrustAnchorStore"] = file }).Configuration!.TrustAnchorStore);
            Assert.Equal($"TrustAnchorStore: '{other}' is a database: write Database for the relay's own, or name a file for the anchors alone.", Assert.Single(Read(new() { ["TrustAnchorStore"] = other }).Problems));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Read_NoEndpointAtAll_IsAProblem() =>
        Assert.Contains("all are empty", Assert.Single(Read(new() { ["Smtp"] = "", ["Submission"] = "" }).Problems), StringComparison.Ordinal);

    [Theory]
    [InlineData("Smtp", "[::1]:26, 0.0.0.0:27", "[::1]:26 0.0.0.0:27")]
    [InlineData("Smtp", "::, 127.0.0.1", "[::]:25 127.0.0.1:25")]
    [InlineData("Submission", "127.0.0.1", "127.0.0.1:587")]
    [InlineData("SubmissionTls", "[::1]", "[::1]:465")]
    [InlineData("Resolver", "127.0.0.1, [::1]:5353", "127.0.0.1:53 [::1]:5353")]
    public void Read_Addresses_TakeTheUsualPortWhenNoneIsGiven(string key, string value, string expected)
    {
        var configuration = Read(new() { [key] = value }).Configuration!;
        var ends = key switch { "Smtp" => configuration.Smtp, "Submission" => configuration.Submission, "SubmissionTls" => configuration.SubmissionTls, _ => configuration.Resolver };
        Assert.Equal(expected, string.Join(' ', ends));
    }

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("30s", 30_000)]
    [InlineData("15m", 900_000)]
    [InlineData("4h", 14_400_000)]
    [InlineData("5d", 432_000_000)]
    public void Duration_NumberAndUnit_IsATime(string text, double milliseconds) => Assert.Equal(milliseconds, Values.Duration(text).TotalMilliseconds);

    [Theory]
    [InlineData("", "run", null, null)]
    [InlineData("demo", "demo", null, null)]
    [InlineData("--help", "help", null, null)]
    [InlineData("--HostName a.example --DeliveryPort=26", "run", null, null)]
    [InlineData("run --config some.json", "run", "some.json", null)]
    [InlineData("fly", "run", null, "'fly' is not understood")]
    [InlineData("--HostName a.example stray", "run", null, "'stray' is not understood")]
    [InlineData("--HostName", "run", null, "--HostName needs a value")]
    public void CommandLine_Arguments_AreReadOrRefused(string arguments, string command, string? file, string? problem)
    {
        var line = CommandLine.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(command, line.Command);
        Assert.Equal(problem is null ? file : null, problem is null ? line.File : null);
        if (problem is null)
            Assert.Null(line.Problem);
        else
            Assert.StartsWith(problem, line.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sources_FileThenCommandLine_TheLaterWins()
    {
        var file = Path.Combine(Path.GetTempPath(), $"relay-{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, """{ "hostname": "file.example", "DeliveryPort": 26, /* a comment */ "MaxDeliveries": "7" }""", TestContext.Current.CancellationToken);
        try
        {
            var (texts, problems, _) = ConfigurationSources.Read(CommandLine.Parse(["--config", file, "--DeliveryPort", "27"]));

            Assert.Empty(problems);
            Assert.Equal(("file.example", "27", "7"), (texts["HostName"], texts["DeliveryPort"], texts["MaxDeliveries"]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void AppSettings_BesideTheProgram_SayWhatTheDefaultsAre()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "appsettings.json")));
        var defaults = Settings.All.ToDictionary(setting => setting.Key, setting => setting.Default);
        Assert.All(file.RootElement.EnumerateObject(), pair => Assert.Equal(defaults[pair.Name], pair.Value.GetString()));
    }

    [Fact]
    public void Readme_OfTheSample_DocumentsEverySettingAndNoOther()
    {
        var root = typeof(ConfigurationTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "RepositoryRoot").Value!;
        var readme = File.ReadAllText(Path.Combine(root, "samples", "Relay", "README.md"));
        var documented = Regex.Matches(readme, @"^\| `(?<key>\w+)` \| (?:`(?<default>[^`]*)`|–) \| (?<meaning>.*) \|$", RegexOptions.Multiline)
            .Select(match => new Setting(match.Groups["key"].Value, match.Groups["default"].Value, match.Groups["meaning"].Value));

        Assert.Equal(Settings.All, documented);
    }

    private static (RelayConfiguration? Configuration, IReadOnlyList<string> Problems) Read(Dictionary<string, string> values)
    {
        var given = ConfigurationSources.Read(CommandLine.Parse([.. values.Select(pair => $"--{pair.Key}={pair.Value}")]));
        var (configuration, wrong) = new ConfigurationReader(given, TimeProvider.System).Read();
        return (given.Problems.Count > 0 ? null : configuration, [.. given.Problems, .. wrong]);
    }
}
