using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Mail.Security.Transports;
using MimeKit;

namespace Mail.Security.Queue.Tests;

/// <summary>Whatever the parts of a message are: converted it says the same, in the form that was asked for, and nothing but encodings has changed.</summary>
public sealed class MimeContentConverterPropertyTests
{
    private static readonly Gen<string> Lines = Gen.ArrayOf(Gen.Elements("plain", "= and ==", ".", "..", "From here", " trailing \t", "", "Gr\u00fc\u00dfe", "\u4e2d\u6587", new string('x', 200), new string('\u00e9', 90)))
        .Select(static lines => string.Concat(lines.Select(static line => line + "\r\n")));

    private static readonly Gen<string> Leaf =
        from text in Lines
        from type in Gen.Elements("text/plain; charset=utf-8", "text/html; charset=utf-8", "application/octet-stream")
        select $"Content-Type: {type}\r\nContent-Transfer-Encoding: 8bit\r\nX-Kept:   as   it\r\n  is\r\n\r\n{text}";

    private static Arbitrary<string> Messages { get; } = Part(2).Select(static part => $"From: a@a.test\r\nSubject:  two  spaces\r\nMIME-Version: 1.0\r\n{part}").ToArbitrary();

    [Property(MaxTest = 300), Trait("rfc", "6152#3"), Trait("rfc", "2046#5.2.1")]
    public Property ConvertAsync_AnyMessage_SaysTheSameInSevenBits() => Prop.ForAll(Messages, static text =>
    {
        var message = Encoding.UTF8.GetBytes(text);
        var converted = Convert(message);

        Assert.True(Ascii.IsValid(converted));
        Assert.Equal(Bodies(message), Bodies(converted));
        Assert.Equal(Fields(message), Fields(converted));
        // RFC 2046 §5.2.1: what holds parts is not encoded itself.
        Assert.All(Holders(converted), static encoding => Assert.True(encoding is ContentEncoding.Default or ContentEncoding.SevenBit, encoding.ToString()));
        Assert.Equal(converted, Convert(converted));            // and once is enough
    });

    private static Gen<string> Part(int depth) => depth == 0 ? Leaf : Gen.Frequency(
        (3, Leaf),
        (2, from parts in Gen.NonEmptyListOf(Part(depth - 1))
            select $"Content-Type: multipart/mixed; boundary=\"b{depth}\"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{string.Concat(parts.Take(3).Select(part => $"--b{depth}\r\n{part}\r\n"))}--b{depth}--\r\n"),
        (1, from inner in Part(depth - 1) select $"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSubject: inner {depth}\r\nMIME-Version: 1.0\r\n{inner}"));

    private static byte[] Convert(byte[] message)
    {
        var result = new MimeContentConverter().ConvertAsync(new BytesContent(message), ContentForm.SevenBit).AsTask().GetAwaiter().GetResult();
        Assert.True(Assert.IsType<ContentConversion.Converted>(result).Content.TryGetBytes(out var bytes));
        return bytes.ToArray();
    }

    private static List<string> Bodies(byte[] message) => [.. Entities(message).OfType<MimePart>().Select(static part =>
    {
        using var decoded = new MemoryStream();
        part.Content?.DecodeTo(decoded);
        return $"{part.ContentType.MimeType} {System.Convert.ToHexString(decoded.ToArray())}";
    })];

    // Every header field of every part to the octet, but for the one that says how it is encoded.
    private static List<string> Fields(byte[] message) => [.. Entities(message).SelectMany(static entity => entity.Headers)
        .Where(static header => header.Id != HeaderId.ContentTransferEncoding).Select(static header => Encoding.UTF8.GetString([.. header.RawField, .. header.RawValue]))];

    private static List<ContentEncoding> Holders(byte[] message) => [.. Entities(message).Where(static entity => entity is Multipart or MessagePart)
        .Select(static entity => entity.Headers[HeaderId.ContentTransferEncoding]).Select(static value => value is null ? ContentEncoding.Default : MimeKit.Utils.MimeUtils.TryParse(value, out ContentEncoding encoding) ? encoding : ContentEncoding.Binary)];

    private static List<MimeEntity> Entities(byte[] message)
    {
        var found = new List<MimeEntity>();
        Add(MimeMessage.Load(new MemoryStream(message)).Body, found);
        return found;
    }

    private static void Add(MimeEntity? entity, List<MimeEntity> found)
    {
        if (entity is null)
            return;
        found.Add(entity);
        if (entity is Multipart multipart)
        {
            foreach (var part in multipart)
                Add(part, found);
        }
        Add((entity as MessagePart)?.Message?.Body, found);
    }
}
