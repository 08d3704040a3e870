using System.Runtime.InteropServices;
using System.Text;

namespace Mail.Security.Dnssec;

/// <summary>Sees to it that the name of a file is on the disk: one that was moved is found by its new name after a loss of power only then.</summary>
internal static class FolderFlush
{
    private const int LinuxCloseOnExec = 0x80000;

    /// <exception cref="IOException">The system refuses.</exception>
    public static void Run(string file)
    {
        if (OperatingSystem.IsWindows())        // which has no such call, and journals names itself
            return;
        // A folder that may be written and not be listed cannot be opened: then all of its file system is written.
        if (!TryWith(Path.GetDirectoryName(file)!, Synchronise) && !(OperatingSystem.IsLinux() && TryWith(file, SynchroniseAll)))
            throw new IOException($"The folder of '{file}' cannot be written to the disk.");
    }

    private static bool TryWith(string path, Func<int, int> call)
    {
        var file = Open(Encoding.UTF8.GetBytes(path + '\0'), OperatingSystem.IsLinux() ? LinuxCloseOnExec : 0);
        if (file < 0)
            return false;
        var isDone = call(file) == 0;
        _ = Close(file);
        return isDone;
    }

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Synchronise(int file);

    [DllImport("libc", EntryPoint = "syncfs")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SynchroniseAll(int file);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Close(int file);
}
