namespace Relay.Demo;

/// <summary>The table: one row a case, expected beside seen.</summary>
internal static class DemoTable
{
    public static void Print(TextWriter output, IReadOnlyList<DemoRow> rows)
    {
        string[] heads = ["case", "expected", "seen", ""];
        var cells = rows.Select(row => (string[])[row.Name, row.Expected, row.Seen, row.Agrees ? "ok" : "DIFFERS"]).Prepend(heads).ToList();
        var widths = Enumerable.Range(0, heads.Length).Select(column => cells.Max(row => row[column].Length)).ToList();
        foreach (var row in cells)
        {
            output.WriteLine(string.Join(" | ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
            if (row == heads)
                output.WriteLine(string.Join("-|-", widths.Select(width => new string('-', width))));
        }
    }
}

/// <summary>One row of the table.</summary>
internal sealed record DemoRow(string Name, string Expected, string Seen)
{
    public bool Agrees => Seen == Expected;
}
