namespace SendMail.Configuration;

/// <summary>A file with a secret on its first line. Its text is in no message.</summary>
internal static class SecretFile
{
    private const int MaxLength = 16 * 1024;

    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    /// <summary>Reads the line.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="FormatException">Others may read or change it, or it holds no secret.</exception>
    public static string Read(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            throw new FormatException($"'{path}' is open to other users of this machine; take that away (chmod g-w,o= {path})");
        if (new FileInfo(path).Length > MaxLength)
            throw new FormatException($"'{path}' is too long to be a secret");
        var line = File.ReadLines(path).FirstOrDefault() ?? "";
        return line.Length > 0 ? line : throw new FormatException($"the first line of '{path}' is empty");
    }
}
