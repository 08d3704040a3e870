using Mail.Security.Dnssec;

namespace Relay.Configuration;

/// <summary>The trust anchors of a file, and its path.</summary>
internal sealed record TrustAnchorFile(string Path, IReadOnlyList<TrustAnchor> Anchors)
{
    /// <summary>Reads the file; null for an empty path.</summary>
    public static TrustAnchorFile? Load(string path)
    {
        if (path.Length == 0)
            return null;
        try
        {
            return new(System.IO.Path.GetFullPath(path), TrustAnchors.Parse(File.ReadAllText(path)));
        }
        catch (FormatException exception)
        {
            throw new FormatException($"'{path}': {exception.Message}", exception);
        }
    }
}
