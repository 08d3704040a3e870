using System.Runtime.InteropServices;
using System.Text;

namespace Mail.Security.Dnssec;

/// <summary>Sees to it that the names in a folder are on the disk: a file that was moved is found by its new name after a loss of power only then.</summary>
internal static class FolderFlush
{
    /// <exception cref="IOException">The system refuses.</exception>
    public static void Run(string folder)
    {
        if (OperatingSystem.IsWindows())        // which has no such call, and journals names itself
            return;
        var file = Open(Encoding.UTF8.GetBytes(folder + '\0'), 0);
        var isFlushed = file >= 0 && Synchronise(file) == 0;
        if (file >= 0)
            _ = Close(file);
        if (!isFlushed)
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
