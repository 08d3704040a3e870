using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Benchmarks.Soak;

/// <summary>A message whose sender address names the hash of its content, so that whoever takes it can tell whether it is whole.</summary>
/// <param name="Content">As its recipient must see it.</param>
/// <param name="Wire">As DATA carries it: dots doubled, with the end.</param>
/// <param name="Sender">The address.</param>
internal sealed record CheckedMessage(byte[] Content, byte[] Wire, string Sender)
{
    /// <summary>The sender of messages whose client does not read whether they were taken.</summary>
    public const string Unread = "unread@load.example";

    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789 .,-";
    private const int LongestLine = 200;

    /// <summary>A message of random lines; many begin with dots.</summary>
    public static CheckedMessage Create(Random random, int size)
    {
        var content = new StringBuilder("Subject: soak\r\n\r\n", size + LongestLine);
        while (content.Length < size)
        {
            content.Append('.', random.Next(4));
            for (var left = random.Next(LongestLine); left > 0; left--)
                content.Append(Letters[random.Next(Letters.Length)]);
            content.Append("\r\n");
        }
        var text = content.ToString();
        var bytes = Encoding.ASCII.GetBytes(text);
        // RFC 5321 §4.5.2: a line that begins with a dot is sent with one more.
        return new(bytes, Encoding.ASCII.GetBytes(text.Replace("\r\n.", "\r\n..", StringComparison.Ordinal) + ".\r\n"), $"h{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}@load.example");
    }

    /// <summary>Whether content with this hash belongs to this sender.</summary>
    public static bool Agrees(string? sender, ReadOnlySpan<byte> hash) => sender == $"h{Convert.ToHexStringLower(hash)[..32]}@load.example";
}
