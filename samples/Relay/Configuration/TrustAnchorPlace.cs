namespace Relay.Configuration;

/// <summary>Where it is kept what was seen of the trust anchors' keys (RFC 5011).</summary>
internal abstract record TrustAnchorPlace
{
    /// <summary>The word for the relay's own database; a file of that name is written as <c>./Database</c>.</summary>
    public const string DatabaseWord = "Database";

    private TrustAnchorPlace()
    {
    }

    /// <summary>The place at a path.</summary>
    /// <param name="path">The whole path.</param>
    /// <param name="database">The whole path of the relay's database.</param>
    /// <exception cref="FormatException">The file is there, and is a database.</exception>
    public static TrustAnchorPlace At(string path, string database)
    {
        if (path == database)
            return new InDatabase();
        // A file of anchors is text; whoever names another database means something that is not meant here.
        return IsDatabase(path) ? throw new FormatException($"'{path}' is a database: write {DatabaseWord} for the relay's own, or name a file for the anchors alone") : new InFile(path);
    }

    private static bool IsDatabase(string path)
    {
        if (!File.Exists(path))
            return false;
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[16];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("SQLite format 3\0"u8);
    }

    /// <summary>In a file of its own.</summary>
    /// <param name="Path">Its whole path.</param>
    public sealed record InFile(string Path) : TrustAnchorPlace;

    /// <summary>In the relay's database, beside the queue.</summary>
    public sealed record InDatabase : TrustAnchorPlace;
}
