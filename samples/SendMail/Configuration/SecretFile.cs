using System.Text;

namespace SendMail.Configuration;

/// <summary>A file with a secret on its first line. Its text is in no message.</summary>
internal static class SecretFile
{
    private const int MaxLength = 16 * 1024;

    // Its group may read it: that is how several users share one account.
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    /// <summary>Reads the line.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="FormatException">Users outside its group may read it, or others than its owner change it; or it holds no secret.</exception>
    public static string Read(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            throw new FormatException($"'{path}' is open to other users of this machine; take that away (chmod g-w,o= {path})");
        if (new FileInfo(path).Length > MaxLength)
            throw new FormatException($"'{path}' is too long to be a secret");
        var octets = File.ReadAllBytes(path).AsSpan();
        if (octets.StartsWith(Encoding.UTF8.Preamble))
            octets = octets[Encoding.UTF8.Preamble.Length..];
        var end = octets.IndexOfAny((byte)'\r', (byte)'\n');
        var line = Decode(end >= 0 ? octets[..end] : octets, path);
        return line.Length > 0 ? line : throw new FormatException($"the first line of '{path}' is empty");
    }

    // A replaced octet would be another password, and what the decoder says of it shows the octet.
    private static string Decode(ReadOnlySpan<byte> line, string path)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(line);
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException($"the first line of '{path}' is not UTF-8");
        }
    }
}
