using Mail.Security;
using Mail.Security.Dnssec;
using Mail.Security.Hosting;
using Mail.Security.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Relay.Configuration;

namespace Relay.Running;

/// <summary>Prints what receivers will find in the DNS about the mail of this relay.</summary>
internal static class DnsCheckCommand
{
    private static readonly string[] Own = ["Domains"];

    public static async Task<int> RunAsync(CommandLine line, TextWriter output)
    {
        var given = ConfigurationSources.Read(line.Without(Own));
        var (configuration, wrong) = new ConfigurationReader(given, TimeProvider.System).Read();
        if (configuration is null || given.Problems.Count > 0)
            return RunCommand.Refuse([.. given.Problems, .. wrong]);
        try
        {
            var domains = line.Values.GetValueOrDefault("Domains") is { } text ? Values.List(text, Values.Domain) : configuration.SenderDomains;
            var asking = new DnssecResolverOptions();
            configuration.Ask(asking);
            await using var database = AnchorsInDatabase(configuration);
            if (database is not null)
                asking.TrustAnchorStore = new SqliteTrustAnchorStore(database);
            using var resolver = new DnssecResolver(asking);
            var findings = await new DnsCheck(resolver).CheckAsync(new DnsCheckRequest
            {
                HostName = configuration.HostName, SenderDomains = domains, OwnAddresses = configuration.PublicAddresses, Routes = configuration.Routes,
            });
            return Print(findings, domains, output);
        }
        catch (FormatException exception)
        {
            return RunCommand.Refuse([$"Domains: {exception.Message}."]);
        }
    }

    // It reads what the relay has seen. Where no relay ever ran none of it is there, and no database is to be made for it.
    private static SqliteDatabase? AnchorsInDatabase(RelayConfiguration configuration) =>
        configuration.TrustAnchorStore is TrustAnchorPlace.InDatabase && File.Exists(configuration.Database)
            ? new(new SqliteStoreOptions { Path = configuration.Database, MinFreeBytes = 0 }, NullLogger<SqliteDatabase>.Instance)
            : null;

    /// <summary>Writes the table, and gives the exit code.</summary>
    public static int Print(IReadOnlyList<DnsCheckFinding> findings, IReadOnlyList<DomainName> domains, TextWriter output)
    {
        if (domains.Count == 0)
            output.WriteLine("No sender domain is named (SenderDomains, --Domains): SPF and MX are not looked at.");
        string[] head = ["address", "name", "check", "result", "found"];
        var rows = findings.Select(static finding => (string[])[finding.Sender?.Address.ToString() ?? "-", finding.Subject, finding.Check, Word(finding.Verdict), finding.Sentence]).Prepend(head).ToList();
        var widths = Enumerable.Range(0, head.Length - 1).Select(column => rows.Max(row => row[column].Length)).ToList();
        foreach (var row in rows)
            output.WriteLine(string.Concat(widths.Select((width, column) => row[column].PadRight(width + 2))) + row[^1]);
        return findings.Any(static finding => finding.Verdict == DnsCheckVerdict.Failed) ? ExitCode.Failed
            : findings.Any(static finding => finding.Verdict == DnsCheckVerdict.Unknown) ? ExitCode.TryAgain
            : ExitCode.Ok;
    }

    private static string Word(DnsCheckVerdict verdict) => verdict switch
    {
        DnsCheckVerdict.Ok => "ok",
        DnsCheckVerdict.Warning => "warning",
        DnsCheckVerdict.Failed => "failed",
        _ => "unknown",
    };
}
