using System.Text.Json;

namespace Relay.Demo;

/// <summary>What relay processes wrote to their logs, read as JSON.</summary>
internal sealed class RelayJournal
{
    private readonly Lock _lock = new();
    private readonly List<Line> _lines = [];
    private readonly List<string> _raw = [];

    /// <summary>One log event.</summary>
    internal sealed record Line(int Id, string Category, string Message);

    /// <summary>The last lines as they were written, to tell what went wrong.</summary>
    public IReadOnlyList<string> Tail
    {
        get { lock (_lock) return [.. _raw.TakeLast(20)]; }
    }

    /// <summary>Takes what a process wrote, and gives the event it is; null for anything else.</summary>
    public Line? Add(string text)
    {
        var line = Parse(text);
        lock (_lock)
        {
            _raw.Add(text);
            if (line is not null)
                _lines.Add(line);
        }
        return line;
    }

    /// <summary>The messages of one event of a category whose name ends so.</summary>
    public IReadOnlyList<string> Messages(string category, int id)
    {
        lock (_lock)
            return [.. _lines.Where(line => line.Id == id && line.Category.EndsWith(category, StringComparison.Ordinal)).Select(line => line.Message)];
    }

    /// <summary>The explanation of the last attempt to a domain; null before the first.</summary>
    public string? Explanation(string domain) => Messages(nameof(Running.ExplainingAgent), Running.RelayLog.ExplanationId).LastOrDefault(text =>
        text.Split('\n')[0].Contains($" to {domain} ", StringComparison.Ordinal) || text.Split('\n')[0].Contains($" to {domain}:", StringComparison.Ordinal));

    private static Line? Parse(string text)
    {
        if (!text.StartsWith('{'))
            return null;
        using var document = JsonDocument.Parse(text);
        var root = document.RootElement;
        return new Line(root.GetProperty("EventId").GetInt32(), root.GetProperty("Category").GetString()!, root.GetProperty("Message").GetString()!);
    }
}
