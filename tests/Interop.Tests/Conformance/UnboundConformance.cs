using System.Collections.Concurrent;
using System.Net;
using Mail.Security.Conformance;

namespace Interop.Tests;

/// <summary>Asks unbound every case of a table once, with the keys and zones that our resolver is asked about in the same moment.</summary>
public sealed class UnboundConformance : IDisposable
{
    private const int Port = 5330;
    private const int MostAtOnce = 8;
    private readonly string _folder = Directory.CreateTempSubdirectory("mail-security-conformance-").FullName;
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<CaseOutcome>>>> _tables = new(StringComparer.Ordinal);

    internal static string? WhyNot { get; } = Command.Find("unbound") is null ? "Not installed: unbound" : null;

    internal Task<IReadOnlyList<CaseOutcome>> RunAsync(ConformanceTable table, CancellationToken cancellationToken) =>
        _tables.GetOrAdd(table.Subject, _ => new(() => AskAsync(table, cancellationToken))).Value;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<IReadOnlyList<CaseOutcome>> AskAsync(ConformanceTable table, CancellationToken cancellationToken)
    {
        var outcomes = new CaseOutcome[table.Rows.Count];
        var free = new ConcurrentBag<IPEndPoint>(Enumerable.Range(1, Math.Min(MostAtOnce, Environment.ProcessorCount)).Select(number => new IPEndPoint(IPAddress.Parse($"127.0.62.{number}"), Port)));
        await Parallel.ForEachAsync(Enumerable.Range(0, outcomes.Length), new ParallelOptions { MaxDegreeOfParallelism = free.Count, CancellationToken = cancellationToken }, async (number, token) =>
        {
            if (!free.TryTake(out var listen))
                throw new System.Diagnostics.UnreachableException();
            outcomes[number] = await CompareAsync(table, table.Rows[number], listen, token);
            free.Add(listen);
        });
        return outcomes;
    }

    private async Task<CaseOutcome> CompareAsync(ConformanceTable table, ConformanceCase row, IPEndPoint listen, CancellationToken cancellationToken)
    {
        var what = $"{table.Section} \"{row.Name}\", {row.Ask}";
        if (row.Unbound is UnboundVerdict.NotAsked(var why))
            return new(CaseAgreement.NotAsked, "", $"{what}: {why}");
        await using var world = new ConformanceWorld(row);
        var ours = await world.AskAsync(row, cancellationToken);
        await using var oracle = await UnboundOracle.StartAsync(_folder, listen, row, world, cancellationToken);
        var theirs = await oracle.AskAsync(row.Ask, cancellationToken);
        var (expected, said) = (UnboundOracle.Comparable(ours.Verdict), $"{what}: we say {ours.Verdict} ({ours.Sentence}; {ours.Chain}), unbound {theirs.Verdict} ({theirs.Reason})");
        return row.Unbound switch
        {
            UnboundVerdict.Other(var other, var reason) when theirs.Verdict == other && other != expected => new(CaseAgreement.Excepted, expected, $"{what}: we say {expected}, unbound {other}: {reason}"),
            UnboundVerdict.Other(var other, _) => new(CaseAgreement.Differs, expected, $"{said}, and was expected to say {other}"),
            _ => new(theirs.Verdict == expected ? CaseAgreement.Agrees : CaseAgreement.Differs, expected, said),
        };
    }
}

/// <summary>How the two verdicts on a case compare.</summary>
internal enum CaseAgreement
{
    Differs,
    Agrees,
    Excepted,
    NotAsked,
}

/// <summary>What became of a case.</summary>
internal sealed record CaseOutcome(CaseAgreement Agreement, string Verdict, string Text);
