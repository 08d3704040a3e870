using System.Security.Cryptography;

namespace Relay.Configuration;

/// <summary>
/// The secret from which names without an account get their salts, so that nobody learns which names exist. It is in a file of its own beside the database, made at the
/// first start: what an unknown name is answered must be the same after a restart, and after every change of the accounts.
/// </summary>
internal sealed class LoginKey
{
    private const int Length = 32;
    private const int MostTries = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private const UnixFileMode OfTheOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    // A group may: where a volume belongs to one (fsGroup of Kubernetes) its files get the bits of the owner.
    private const UnixFileMode OfOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private LoginKey(byte[] bytes) => Bytes = bytes;

    /// <summary>The secret.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Where the key of a relay with this database is.</summary>
    public static string PathBeside(string database) => database + ".login-key";

    /// <summary>Reads the key, and makes it when there is none. Of two that make it at once one wins, and both use that.</summary>
    /// <exception cref="IOException">It can be neither read nor made, is none, or everybody may read or write it.</exception>
    public static LoginKey Open(string path)
    {
        try
        {
            if (!File.Exists(path))
                Make(path);
            return Read(path);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    private static LoginKey Read(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OfOthers) != 0)
            throw new IOException($"'{path}' is open to every user of this machine; take that away (chmod o= {path})");
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read);
        var bytes = new byte[Length];
        return stream.Length == Length && stream.ReadAtLeast(bytes, Length, throwOnEndOfStream: false) == Length
            ? new(bytes)
            : throw new IOException($"'{path}' is no key of {Length} bytes; remove it and another is made");
    }

    // Under another name first: a file that is there is whole. One at a time: a move may put its file in place of another that came meanwhile and was read.
    private static void Make(string path)
    {
        using var turn = TakeTurn(path + ".making");
        if (File.Exists(path))
            return;             // another one was faster
        var draft = $"{path}.{Guid.NewGuid():N}";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OfTheOwner;
            using (var stream = new FileStream(draft, options))
            {
                stream.Write(RandomNumberGenerator.GetBytes(Length));
                stream.Flush(flushToDisk: true);
            }
            File.Move(draft, path, overwrite: false);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static FileStream TakeTurn(string path)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException exception) when (exception is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException) && tries < MostTries)
            {
                Thread.Sleep(Pause);
            }
        }
    }
}
