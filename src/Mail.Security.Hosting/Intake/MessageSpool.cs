using System.Buffers;
using Mail.Security.Transports;
using Microsoft.Win32.SafeHandles;

namespace Mail.Security.Hosting;

/// <summary>Holds one message while it arrives: up to a limit in memory, beyond it in a temporary file that nobody else can read.</summary>
internal sealed class MessageSpool(string folder, int maxMemory) : IDisposable
{
    private ArrayBufferWriter<byte> _memory = new(Math.Max(1, Math.Min(maxMemory, 4096)));
    private SafeFileHandle? _file;
    private long _inFile;

    /// <summary>The bytes held.</summary>
    public long Length => _inFile + _memory.WrittenCount;

    /// <summary>Whether there is a temporary file.</summary>
    public bool IsInFile => _file is not null;

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="IOException">The temporary file cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    public async ValueTask WriteAsync(ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        foreach (var part in bytes)
        {
            if (_file is null && _memory.WrittenCount + part.Length <= maxMemory)
            {
                _memory.Write(part.Span);
                continue;
            }
            await SpillAsync(cancellationToken).ConfigureAwait(false);
            await RandomAccess.WriteAsync(_file!, part, _inFile, cancellationToken).ConfigureAwait(false);
            _inFile += part.Length;
        }
    }

    /// <summary>The bytes held, behind others. Readable until this object is disposed; takes no more bytes from then on.</summary>
    public MessageContent ToContent(ReadOnlyMemory<byte> prefix) =>
        _file is null ? new SpooledContent(prefix, _memory.WrittenMemory) : new SpooledContent(prefix, _file, _inFile);

    public void Dispose()
    {
        _file?.Dispose();
        _memory.Clear();
    }

    private async ValueTask SpillAsync(CancellationToken cancellationToken)
    {
        if (_file is not null)
            return;
        _file = Open(folder);
        await RandomAccess.WriteAsync(_file, _memory.WrittenMemory, 0, cancellationToken).ConfigureAwait(false);
        (_inFile, _memory) = (_memory.WrittenCount, new ArrayBufferWriter<byte>());
    }

    // Where a file can be removed while it is open it is removed at once: then not even a killed process leaves one behind.
    private static SafeFileHandle Open(string folder)
    {
        var path = Path.Combine(folder, $"mail-security-{Guid.NewGuid():N}.spool");
        if (OperatingSystem.IsWindows())
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        using (new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
        }
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, FileOptions.Asynchronous);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
