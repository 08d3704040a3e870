using System.Text;

namespace Mail.Security.Dnssec;

/// <summary>Keeps the keys of trust points in a text file, one on a line. Not for use by two processes at once.</summary>
/// <param name="path">The file; its folder must exist, and be writable.</param>
public sealed class FileTrustAnchorStore(string path) : ITrustAnchorStore
{
    private const int MaxLength = 1 << 20;
    private readonly string _path = System.IO.Path.GetFullPath(path ?? throw new ArgumentNullException(nameof(path)));

    /// <summary>The file, by its whole path.</summary>
    public string Path => _path;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<TrackedAnchor>> LoadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (!File.Exists(_path))
                return [];
            if (new FileInfo(_path).Length > MaxLength)
                throw new IOException($"'{_path}' is larger than a file of trust anchors can be.");
            return TrackedAnchorText.Parse(await File.ReadAllTextAsync(_path, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is FormatException or UnauthorizedAccessException)
        {
            throw new IOException($"'{_path}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask SaveAsync(IReadOnlyList<TrackedAnchor> anchors, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        var draft = _path + ".new";
        try
        {
            using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                await file.WriteAsync(Encoding.ASCII.GetBytes(TrackedAnchorText.Write(anchors)), cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }
            File.Move(draft, _path, overwrite: true);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"'{_path}' cannot be written: {exception.Message}", exception);
        }
    }
}
