using System.Globalization;
using System.Text;

namespace Mail.Security.Benchmarks.Loopback.Load;

/// <summary>Every byte a client of the generator sends, made once for all of them.</summary>
internal sealed class LoadScript
{
    private const int Line = 76;

    public LoadScript(LoadPlan plan)
    {
        var wire = WireOf(plan.Size, plan.DotEvery);
        Content = [.. wire, .. ".\r\n"u8];
        ContentAndEnvelope = plan.Mode == LoadMode.Pipelined ? [.. Content, .. Envelope] : [];
        if (plan.Mode != LoadMode.Chunked)
            return;
        byte[] one = [.. Mail, .. Recipient, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"BDAT {plan.Size} LAST\r\n")), .. MessageOf(plan.Size, plan.DotEvery)];
        ChunkedLength = one.Length;
        // One more than the window: what is left of the first is followed by a whole window.
        Chunked = new byte[one.Length * (plan.Window + 1)];
        for (var at = 0; at < Chunked.Length; at += one.Length)
            one.CopyTo(Chunked, at);
    }

    public static byte[] Hello { get; } = "EHLO client.load.example\r\n"u8.ToArray();

    public static byte[] Quit { get; } = "QUIT\r\n"u8.ToArray();

    public static byte[] Mail { get; } = "MAIL FROM:<ann@load.example>\r\n"u8.ToArray();

    public static byte[] Recipient { get; } = "RCPT TO:<bob@sink.example>\r\n"u8.ToArray();

    public static byte[] Data { get; } = "DATA\r\n"u8.ToArray();

    public static byte[] Envelope { get; } = [.. Mail, .. Recipient, .. Data];

    /// <summary>A message as DATA carries it, its end included.</summary>
    public byte[] Content { get; }

    public byte[] ContentAndEnvelope { get; }

    /// <summary>Transactions by BDAT one behind the other.</summary>
    public byte[] Chunked { get; } = [];

    /// <summary>The bytes of one of them.</summary>
    public int ChunkedLength { get; }

    /// <summary>A message of a few header fields and lines of text, this many bytes long, that ends with a line end.</summary>
    public static byte[] MessageOf(int size, int dotEvery)
    {
        var head = "From: Ann <ann@load.example>\r\nTo: Bob <bob@sink.example>\r\nSubject: a message without news\r\n\r\n"u8;
        if (size < head.Length + 2)
            throw new ArgumentOutOfRangeException(nameof(size), size, $"A message has at least {head.Length + 2} bytes.");
        var message = new byte[size];
        head.CopyTo(message);
        var line = 0;
        for (var at = head.Length; at < size; line++)
        {
            var length = Math.Min(Line + 2, size - at);
            if (size - at - length == 1)
                length--;       // no line of one byte: a line end has two
            for (var column = 0; column < length - 2; column++)
                message[at + column] = (byte)('a' + (line + column) % 26);
            if (dotEvery > 0 && line % dotEvery == 0 && length > 2)
                message[at] = (byte)'.';
            "\r\n"u8.CopyTo(message.AsSpan(at + length - 2));
            at += length;
        }
        return message;
    }

    // RFC 5321 §4.5.2: a line that begins with a dot is sent with one more.
    private static byte[] WireOf(int size, int dotEvery)
    {
        var message = MessageOf(size, dotEvery);
        if (dotEvery == 0)
            return message;
        var wire = new List<byte>(message.Length + message.Length / Line + 1);
        for (var at = 0; at < message.Length; at++)
        {
            if (message[at] == '.' && message[at - 1] == '\n')
                wire.Add((byte)'.');
            wire.Add(message[at]);
        }
        return [.. wire];
    }
}
