using System.Runtime.InteropServices;

namespace Mail.Security.Storage.Sqlite;

/// <summary>What SQLite offers and SQLitePCL does not.</summary>
internal static class NativeMethods
{
    /// <summary>The library that Microsoft.Data.Sqlite brings along.</summary>
    public const string Library = "e_sqlite3";

    /// <summary>SQLITE_FCNTL_HAS_MOVED: whether the file of a connection is no longer the one at its path.</summary>
    public const int HasMoved = 20;

#pragma warning disable SYSLIB1054 // a generated stub would make the whole package unsafe for one call
    [DllImport(Library, EntryPoint = "sqlite3_file_control", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    public static extern int FileControl(nint connection, nint schema, int operation, out int value);
#pragma warning restore SYSLIB1054
}
