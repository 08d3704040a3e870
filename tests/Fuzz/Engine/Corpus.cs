using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Fuzz.Engine;

/// <summary>The inputs and dictionaries in files.</summary>
public static class Corpus
{
    /// <summary>Reads the inputs of a folder, in the order of their names; none when there is no such folder.</summary>
    public static List<byte[]> Read(string folder) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)] : [];

    /// <summary>Writes an input under the name of its hash.</summary>
    public static string Write(string folder, byte[] input, string prefix = "")
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, prefix + Convert.ToHexStringLower(SHA256.HashData(input))[..16]);
        File.WriteAllBytes(path, input);
        return path;
    }

    /// <summary>Reads a dictionary in the format of afl-fuzz: a word in quotes on each line, "\xNN" for what cannot be shown; "#" begins a remark.</summary>
    public static List<byte[]> ReadWords(string file) =>
        File.Exists(file) ? [.. File.ReadLines(file).Where(line => line.StartsWith('"')).Select(line => Unquote(line.Trim()[1..^1]))] : [];

    private static byte[] Unquote(string text)
    {
        var bytes = new List<byte>();
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\')
                bytes.AddRange(Encoding.UTF8.GetBytes(text, index, 1));
            else if (text[++index] == 'x')
                index = AddHex(bytes, text, index);
            else
                bytes.Add((byte)text[index]);
        }
        return [.. bytes];
    }

    private static int AddHex(List<byte> bytes, string text, int at)
    {
        bytes.Add(byte.Parse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return at + 2;
    }
}
