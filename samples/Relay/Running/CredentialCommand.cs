using System.Security.Cryptography;
using System.Text;
using Mail.Security.Sasl;
using Relay.Configuration;

namespace Relay.Running;

/// <summary>Makes the line of an account for the file of the setting Credentials. The password comes by the standard input and never by the command line, which every user of a machine can read.</summary>
internal static class CredentialCommand
{
    private const int MaxPassword = 1024;

    public static int Run(CommandLine line, TextWriter output)
    {
        try
        {
            var make = Read(line);
            using var input = Console.OpenStandardInput();
            return Write(make, Console.IsInputRedirected ? ReadLine(input) : Ask(), output);
        }
        catch (FormatException exception)
        {
            return RunCommand.Refuse([$"{exception.Message}."]);
        }
    }

    /// <summary>What the command line asks for.</summary>
    /// <exception cref="FormatException">It asks for what cannot be.</exception>
    public static (string Name, ScramHash Hash, int Iterations) Read(CommandLine line)
    {
        if (line.File is not null || line.Values.Keys.FirstOrDefault(key => key.ToUpperInvariant() is not ("NAME" or "HASH" or "ITERATIONS")) is not null)
            throw new FormatException("credential knows --Name, --Hash and --Iterations only; the password is read from the standard input");
        var name = line.Values.GetValueOrDefault("Name")?.Normalize(NormalizationForm.FormC) ?? "";
        if (name.Length == 0 || name[0] == '#' || name.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)))
            throw new FormatException("--Name is needed: a name without spaces that does not begin with '#'");
        return (name, Values.Word<ScramHash>(line.Values.GetValueOrDefault("Hash") ?? nameof(ScramHash.Sha256)),
            (int)Values.Number(line.Values.GetValueOrDefault("Iterations") ?? "15000", SaslLimits.DefaultMinIterations, SaslLimits.DefaultMaxIterations));
    }

    /// <summary>Writes the line, and clears the password.</summary>
    /// <exception cref="FormatException">The password cannot be one.</exception>
    public static int Write((string Name, ScramHash Hash, int Iterations) make, byte[] password, TextWriter output)
    {
        try
        {
            if (!ScramCredential.TryCreate(make.Hash, password, make.Iterations, SaslPreparation.OpaqueString, out var credential))
                throw new FormatException("the password is empty, is not UTF-8 or holds a character that no password may hold");
            output.WriteLine($"{make.Name} {credential.Format()}");
            return ExitCode.Ok;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    /// <summary>Reads the first line, without its end.</summary>
    /// <exception cref="FormatException">It is too long for a password.</exception>
    public static byte[] ReadLine(Stream input)
    {
        var buffer = new byte[MaxPassword + 2];
        try
        {
            var length = 0;
            while (length < buffer.Length && !buffer.AsSpan(0, length).Contains((byte)'\n') && input.Read(buffer, length, buffer.Length - length) is var read and > 0)
                length += read;
            var end = buffer.AsSpan(0, length).IndexOf((byte)'\n');
            var text = buffer.AsSpan(0, end < 0 ? length : end);
            if (end > 0 && text[^1] == '\r')
                text = text[..^1];
            return text.Length <= MaxPassword ? text.ToArray() : throw new FormatException($"the password is longer than {MaxPassword} bytes");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    // Without an echo, and twice, as nobody sees what they type.
    private static byte[] Ask()
    {
        var first = ReadKeys("Password: ");
        var second = ReadKeys("Again: ");
        var equal = CryptographicOperations.FixedTimeEquals(first, second);
        CryptographicOperations.ZeroMemory(second);
        return equal ? first : throw new FormatException("the two are not equal");
    }

    private static byte[] ReadKeys(string prompt)
    {
        Console.Error.Write(prompt);
        var text = new StringBuilder(MaxPassword);
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace)
                text.Length = Math.Max(0, text.Length - 1);
            else if (key.KeyChar != 0 && text.Length <= MaxPassword)
                text.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        // One that was cut without a word would let nobody in.
        if (text.Length > MaxPassword)
            throw new FormatException($"the password is longer than {MaxPassword} characters");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
