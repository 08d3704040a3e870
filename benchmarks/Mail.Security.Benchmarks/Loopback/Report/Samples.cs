using Mail.Security.Benchmarks.Loopback.Load;

namespace Mail.Security.Benchmarks.Loopback.Report;

/// <summary>Every result of a run, by work and server, in the order of the rounds.</summary>
internal sealed class Samples
{
    private readonly OrderedDictionary<(string Work, string Server), List<LoadResult>> _results = [];

    public IEnumerable<((string Work, string Server) Key, IReadOnlyList<LoadResult> Results)> All => _results.Select(pair => (pair.Key, (IReadOnlyList<LoadResult>)pair.Value));

    /// <summary>What could not be measured, and why.</summary>
    public List<string> Failures { get; } = [];

    public void Add(string work, string server, LoadResult result)
    {
        if (!_results.TryGetValue((work, server), out var results))
            _results[(work, server)] = results = [];
        results.Add(result);
    }

    public IReadOnlyList<LoadResult> Of(string work, string server) => _results.GetValueOrDefault((work, server)) ?? [];

    /// <summary>One value of ours over one of the other's, round by round: what moves the machine moves both.</summary>
    public Spread? Ratio((string Work, string Server) ours, (string Work, string Server) other, Func<LoadResult, double> value) =>
        Spread.Of(Of(ours.Work, ours.Server).Zip(Of(other.Work, other.Server), (one, two) => value(one) / value(two)));

    public Spread? Value(string work, string server, Func<LoadResult, double> value) => Spread.Of(Of(work, server).Select(value));
}
