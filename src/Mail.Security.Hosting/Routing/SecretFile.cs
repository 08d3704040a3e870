using System.Text;

namespace Mail.Security.Hosting;

/// <summary>Reads a secret from where it may stand. What goes wrong is half a sentence without the secret.</summary>
internal static class SecretFile
{
    private const int MaxLength = 4096;

    /// <summary>The first line of a file that not every user may read.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static string Read(string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
                throw new FormatException($"'{path}' is open to every user of this machine; take that away (chmod o= {path})");
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
            var buffer = new char[MaxLength + 1];
            var text = buffer.AsSpan(0, reader.ReadBlock(buffer));
            var end = text.IndexOfAny('\r', '\n');
            return Checked(end >= 0 ? text[..end] : text, $"'{path}'");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new FormatException($"'{path}' cannot be read: {exception.Message.TrimEnd('.')}");
        }
    }

    /// <summary>The value of a variable of the environment.</summary>
    /// <exception cref="FormatException">It is not set, or empty.</exception>
    public static string FromVariable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? Checked(value, $"the variable {name}") : throw new FormatException($"the variable {name} is not set");

    private static string Checked(ReadOnlySpan<char> text, string where) => text.Length switch
    {
        0 => throw new FormatException($"{where} is empty"),
        > MaxLength => throw new FormatException($"{where} holds more than {MaxLength} characters"),
        _ => text.ToString(),
    };
}
