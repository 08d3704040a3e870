using System.Text;

namespace Interop.Tests;

/// <summary>A message with something in it that is easily lost on the way.</summary>
internal sealed class Letter
{
    private const string Long = "0123456789";

    private Letter(string name, byte[] body)
    {
        Mark = $"X-Test: {Guid.NewGuid():N}";
        Name = name;
        Content =
        [
            .. Encoding.ASCII.GetBytes($"{Mark}\r\nFrom: ann@a.test\r\nTo: bob@b.test\r\nDate: Mon, 01 Jan 2024 00:00:00 +0000\r\nMessage-ID: <{Guid.NewGuid():N}@a.test>\r\nSubject: {name}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {(body.Any(one => one > 127) ? "8bit" : "7bit")}\r\n\r\n"),
            .. body,
        ];
    }

    public string Name { get; }

    /// <summary>The first line of it, and of no other.</summary>
    public string Mark { get; }

    public byte[] Content { get; }

    /// <summary>The names; each is something of its own.</summary>
    public static IEnumerable<string> Names => ["plain", "empty", "dots", "dot-first", "dot-last", "998", "long", "8bit", "large"];

    /// <summary>Makes one; its lines end with CRLF, the last one too.</summary>
    public static Letter Make(string name) => new(name, name switch
    {
        "plain" => Ascii("hello\r\n"),
        "empty" => [],
        "dots" => Ascii("a\r\n.\r\n..\r\n...\r\n.b\r\n. \r\n\r\n.\r\n\r\n"),
        "dot-first" => Ascii(".\r\nhello\r\n"),
        "dot-last" => Ascii("hello\r\n.\r\n"),
        "998" => Ascii($".{new string('x', 997)}\r\n{new string('y', 998)}\r\n"),
        "long" => Ascii($"{new string('x', 999)}\r\n{new string('.', 1000)}\r\n{Repeat(Long, 2048)}\r\n{Repeat(Long, 9000)}\r\nend\r\n"),
        "8bit" => Encoding.UTF8.GetBytes("\u00E4 \u20AC \U0001F4A9\r\n\u00A0\r\n"),
        "large" => Ascii(Repeat($".{Repeat(Long, 70)}\r\n\r\n", 10 * 1024 * 1024)),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such letter"),
    });

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static string Repeat(string text, int length) => string.Concat(Enumerable.Repeat(text, length / text.Length));
}
