using System.Runtime.InteropServices;
using System.Text;

namespace SendMail.Queueing;

/// <summary>Writes and moves files so that they are whole or not there, whatever happens to the machine.</summary>
internal static class DurableFile
{
    public const string Unfinished = ".tmp";

    /// <summary>Writes a file for its owner only: under another name first, to the disk, and then in place of what had the name.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var unfinished = path + Unfinished;
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var file = new FileStream(unfinished, options))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Moves a file into another folder of the same disk.</summary>
    public static void Move(string path, string folder)
    {
        File.Move(path, Path.Combine(folder, Path.GetFileName(path)), overwrite: true);
        FlushFolder(folder);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Deletes a file.</summary>
    public static void Delete(string path)
    {
        File.Delete(path);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    // A name is on the disk only when its folder is. Windows has no such call, and journals names itself.
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = Open(Encoding.UTF8.GetBytes(folder + '\0'), 0);
        if (handle < 0)
            throw new IOException($"'{folder}' cannot be opened to be written to the disk.");
        var result = Synchronise(handle);
        _ = Close(handle);
        if (result != 0)
            throw new IOException($"'{folder}' cannot be written to the disk.");
    }

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Synchronise(int file);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Close(int file);
}
