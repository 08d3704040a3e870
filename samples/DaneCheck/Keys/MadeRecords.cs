namespace DaneCheck.Keys;

/// <summary>What --make-record prints.</summary>
internal sealed record MadeRecords
{
    /// <summary>The name that owns them, such as <c>_25._tcp.mx.example.com</c>; null where no host was named.</summary>
    public required string? Owner { get; init; }

    public required IReadOnlyList<MadeRecord> Records { get; init; }
}
