using System.Text;

namespace Mail.Security.Dnssec;

/// <summary>Keeps the keys of trust points in a text file, one on a line. Not for use by two processes at once.</summary>
/// <remarks>A folder that is missing or may not be entered is an error, not a first run: what was saved there may say that a configured key was revoked.</remarks>
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
            using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > MaxLength)
                throw new IOException($"'{_path}' is larger than a file of trust anchors can be.");
            using var reader = new StreamReader(file, Encoding.ASCII);
            return TrackedAnchorText.Parse(await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false));
        }
        // Its folder is there and may be entered, and it leads nowhere else: nothing was ever saved.
        catch (FileNotFoundException) when (new FileInfo(_path).LinkTarget is null)
        {
            return [];
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
            FolderFlush.Run(_path);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"'{_path}' cannot be written: {exception.Message}", exception);
        }
    }
}
