namespace DaneCheck.Arguments;

/// <summary>For whom the result is written.</summary>
internal enum OutputForm : byte
{
    /// <summary>For people.</summary>
    Text = 0,

    /// <summary>For scripts: one JSON object.</summary>
    Json,
}
