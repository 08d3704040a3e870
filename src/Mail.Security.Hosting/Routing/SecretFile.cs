using System.Text;

namespace Mail.Security.Hosting;

/// <summary>Reads a secret from where it may stand. What goes wrong is half a sentence without the secret.</summary>
internal static class SecretFile
{
    private const int MaxLength = 4096;
    private const int MaxOctets = 3 * (MaxLength + 2);     // more characters than are allowed, each of up to three octets, and a byte order mark

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The first line of a file that not every user may read.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static string Read(string path)
    {
        try
        {
            Check(path);
            using var file = File.OpenRead(path);
            var buffer = new byte[MaxOctets];
            var line = buffer.AsSpan(0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
            if (line.StartsWith(Encoding.UTF8.Preamble))
                line = line[Encoding.UTF8.Preamble.Length..];
            var end = line.IndexOfAny((byte)'\r', (byte)'\n');
            return Checked(Decode(end >= 0 ? line[..end] : line, path), $"'{path}'");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new FormatException($"'{path}' cannot be read: {exception.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Sees to it that not every user may read a file.</summary>
    /// <exception cref="FormatException">They may.</exception>
    public static void Check(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
            throw new FormatException($"'{path}' is open to every user of this machine; take that away (chmod o= {path})");
    }

    /// <summary>The value of a variable of the environment.</summary>
    /// <exception cref="FormatException">It is not set, or empty.</exception>
    public static string FromVariable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? Checked(value, $"the variable {name}") : throw new FormatException($"the variable {name} is not set");

    // What the decoder says of its trouble shows octets of the secret.
    private static string Decode(ReadOnlySpan<byte> line, string path)
    {
        try
        {
            return Strict.GetString(line);
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException($"'{path}' is not UTF-8");
        }
    }

    private static string Checked(ReadOnlySpan<char> text, string where) => text.Length switch
    {
        0 => throw new FormatException($"{where} is empty"),
        > MaxLength => throw new FormatException($"{where} holds more than {MaxLength} characters"),
        _ => text.ToString(),
    };
}
