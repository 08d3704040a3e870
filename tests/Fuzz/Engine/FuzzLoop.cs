using System.Globalization;
using Mail.Security.Fuzz.Targets;

namespace Mail.Security.Fuzz.Engine;

/// <summary>
/// The engine: runs a target on mutated inputs in this process, and keeps those that take new edges to mutate them further.
/// </summary>
public sealed class FuzzLoop(FuzzTarget target, CoverageMap map, Mutator mutator)
{
    private readonly List<byte[]> _inputs = [];
    private readonly Dictionary<string, Finding> _findings = [];

    /// <summary>Called before each run, with the input.</summary>
    public Action<byte[]> Before { get; init; } = static _ => { };

    /// <summary>Called behind each run.</summary>
    public Action After { get; init; } = static () => { };

    /// <summary>Called for each input that takes a new edge.</summary>
    public Action<byte[]> Discovered { get; init; } = static _ => { };

    /// <summary>Called for each new finding.</summary>
    public Action<Finding> Found { get; init; } = static _ => { };

    /// <summary>How often the target was run.</summary>
    public long Executions { get; private set; }

    /// <summary>How many inputs are known.</summary>
    public int Inputs => _inputs.Count;

    /// <summary>How many inputs were found.</summary>
    public int Discoveries { get; private set; }

    /// <summary>What went wrong, each once.</summary>
    public IReadOnlyCollection<Finding> Findings => _findings.Values;

    /// <summary>Runs the inputs that are there from the start.</summary>
    public void Seed(IEnumerable<byte[]> inputs)
    {
        foreach (var input in inputs.Append([]))
        {
            Run(input);
            _inputs.Add(input);
        }
    }

    /// <summary>Mutates and runs until it is told to stop.</summary>
    public void Run(Func<FuzzLoop, bool> goOn)
    {
        while (goOn(this))
        {
            var input = mutator.Mutate(_inputs[mutator.Pick(_inputs.Count)], _inputs[mutator.Pick(_inputs.Count)]);
            if (!Run(input))
                continue;
            input = Trim(input);
            Discoveries++;
            _inputs.Add(input);
            Discovered(input);
        }
    }

    /// <summary>The figures, in one line.</summary>
    public string Describe(TimeSpan elapsed) => string.Create(CultureInfo.InvariantCulture,
        $"{target.Name,-20} {Executions,10} execs {Executions / Math.Max(0.001, elapsed.TotalSeconds),8:F0}/s {map.Edges,6} edges {Inputs,5} inputs ({Discoveries} new) {_findings.Count,3} crashes");

    // Mutations make inputs longer, and long ones are slow: what can be left out without taking another way is left out.
    private byte[] Trim(byte[] input)
    {
        var whole = map.Fingerprint();
        for (var size = input.Length / 2; size >= Math.Max(1, input.Length / 32); size /= 2)
        {
            for (var at = 0; at < input.Length;)
            {
                byte[] less = [.. input[..at], .. input[Math.Min(input.Length, at + size)..]];
                Run(less);
                if (map.Fingerprint() == whole)
                    input = less;
                else
                    at += size;
            }
        }
        return input;
    }

    // True when the input is worth keeping.
    private bool Run(byte[] input)
    {
        Executions++;
        Before(input);
        map.Begin();
        var finding = Finding.Of(target, input);
        var news = map.Learn();
        After();
        if (finding is null)
            return news;
        if (_findings.ContainsKey(finding.Key))
            return false;
        finding = finding.Minimise(target);
        _findings[finding.Key] = finding;
        Found(finding);
        return false;
    }
}
