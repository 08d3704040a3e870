using System.Text;

namespace Mail.Security.Benchmarks.Wire;

/// <summary>Message content to measure with, the same in every run.</summary>
internal static class MessageText
{
    private const string Words = "Lines of a letter as people write them, some short, some up to seventy-six. ";

    /// <summary>Text of exactly the given size in CRLF lines of 0 to 76 characters; the first and every 100th begin with a dot, more than mail has.</summary>
    public static byte[] Create(int size)
    {
        var text = new StringBuilder(size + 128);
        for (var line = 0; text.Length < size - 128; line++)
            text.Append(line % 100 == 0 ? "." : "").Append(Words, 0, line * 31 % Words.Length).Append("\r\n");
        while (size - text.Length > Words.Length + 2)
            text.Append(Words).Append("\r\n");
        text.Append(Words, 0, size - text.Length - 2).Append("\r\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
