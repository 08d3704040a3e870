using Mail.Security.Fuzz.Targets;

namespace Mail.Security.Fuzz.Engine;

/// <summary>Chooses of many inputs a few small ones that take all their edges: first what takes the most.</summary>
public static class Minimiser
{
    /// <summary>The inputs to add to a corpus, each cut down to what takes its new edges.</summary>
    public static List<byte[]> Choose(FuzzTarget target, CoverageMap map, IEnumerable<byte[]> corpus, IEnumerable<byte[]> found)
    {
        var known = new HashSet<int>();
        foreach (var input in corpus)
            known.UnionWith(Edges(target, map, input) ?? []);
        var rest = found.OrderBy(one => one.Length).Select(input => (Input: input, New: Edges(target, map, input) ?? [])).ToList();
        var chosen = new List<byte[]>();
        while (true)
        {
            foreach (var (_, edges) in rest)
                edges.ExceptWith(known);
            rest.RemoveAll(one => one.New.Count == 0);
            if (rest.Count == 0)
                return chosen;
            var best = rest.MaxBy(one => one.New.Count);      // of equals the first, which is the shortest
            var less = Cut(target, map, best.Input, best.New);
            chosen.Add(less);
            known.UnionWith(Edges(target, map, less)!);
        }
    }

    private static byte[] Cut(FuzzTarget target, CoverageMap map, byte[] input, HashSet<int> needed)
    {
        for (var size = Math.Max(1, input.Length / 2); size > 0; size /= 2)
        {
            for (var at = 0; at < input.Length;)
            {
                byte[] less = [.. input[..at], .. input[Math.Min(input.Length, at + size)..]];
                if (Edges(target, map, less) is { } edges && needed.IsSubsetOf(edges))
                    input = less;
                else
                    at += size;
            }
        }
        return input;
    }

    // Null for an input that shows a fault: those are kept by name.
    private static HashSet<int>? Edges(FuzzTarget target, CoverageMap map, byte[] input)
    {
        map.Begin();
        return Finding.Of(target, input) is null ? map.Taken() : null;
    }
}
