namespace DaneCheck.Printing;

/// <summary>Rows with columns of even width; the last one is as long as it is.</summary>
internal sealed class TextTable(Painter painter)
{
    private readonly List<(string Text, Ink Ink)[]> _rows = [];

    public void Add(params (string Text, Ink Ink)[] row) => _rows.Add([.. row.Select(static cell => (Painter.Clean(cell.Text), cell.Ink))]);

    public void Write(TextWriter output, string indent)
    {
        if (_rows.Count == 0)
            return;
        var widths = Enumerable.Range(0, _rows[0].Length - 1).Select(column => _rows.Max(row => row[column].Text.Length)).ToList();
        foreach (var row in _rows)
        {
            // Colours have no width: the spaces come behind them.
            var cells = row.SkipLast(1).Select((cell, column) => painter.Paint(cell.Text, cell.Ink) + new string(' ', widths[column] - cell.Text.Length + 2));
            output.WriteLine((indent + string.Concat(cells) + painter.Paint(row[^1].Text, row[^1].Ink)).TrimEnd());
        }
    }
}
