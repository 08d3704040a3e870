namespace DaneCheck.Printing;

/// <summary>How a piece of text stands out.</summary>
internal enum Ink : byte
{
    Plain = 0,

    Good,

    Doubtful,

    Bad,

    Strong,

    Faint,
}
