namespace Mail.Security.Storage.Sqlite;

/// <summary>Instants as the database keeps them: UTC ticks, which compare as the instants do.</summary>
internal static class Ticks
{
    public static long Of(DateTimeOffset instant) => instant.UtcTicks;

    public static DateTimeOffset From(long ticks) => new(ticks, TimeSpan.Zero);
}
