using System.Text;
using MimeKit;
using MimeKit.IO;
using MimeKit.IO.Filters;

namespace Mail.Security.Queue.Tests;

/// <summary>A notice as a mail program reads it.</summary>
internal sealed class ParsedNotice
{
    public ParsedNotice(NewQueueMessage notice)
    {
        Queued = notice;
        using var stream = notice.Content.OpenRead();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        Bytes = copy.ToArray();
        copy.Position = 0;
        Message = MimeMessage.Load(copy, CancellationToken.None);
        Report = Assert.IsType<MultipartReport>(Message.Body);
        Assert.Equal(3, Report.Count);
        Text = Assert.IsType<TextPart>(Report[0]).Text;
        using var fields = new MemoryStream();
        Assert.IsAssignableFrom<MimePart>(Report[1]).Content!.DecodeTo(fields, CancellationToken.None);
        Fields = Encoding.UTF8.GetString(fields.ToArray());
        var groups = Fields.Split("\r\n\r\n", StringSplitOptions.RemoveEmptyEntries).Select(Read).ToList();
        (PerMessage, Recipients) = (groups[0], groups[1..]);
    }

    public NewQueueMessage Queued { get; }

    public byte[] Bytes { get; }

    public MimeMessage Message { get; }

    public MultipartReport Report { get; }

    public string Text { get; }

    public string Fields { get; }

    public Dictionary<string, string> PerMessage { get; }

    public IReadOnlyList<Dictionary<string, string>> Recipients { get; }

    /// <summary>The third part, decoded from the octets: the library would read a header out of it.</summary>
    public string OriginalHeader
    {
        get
        {
            var raw = Encoding.Latin1.GetString(Bytes);
            var part = raw.Split($"\r\n--{Report.Boundary}")[3];
            var at = part.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var (head, body) = (part[..at], Encoding.Latin1.GetBytes(part[(at + 4)..]));
            using var decoded = new MemoryStream();
            using (var filtered = new FilteredStream(decoded))
            {
                if (head.Contains("quoted-printable", StringComparison.Ordinal))
                    filtered.Add(DecoderFilter.Create(ContentEncoding.QuotedPrintable));
                if (head.Contains("base64", StringComparison.Ordinal))
                    filtered.Add(DecoderFilter.Create(ContentEncoding.Base64));
                filtered.Write(body);
                filtered.Flush();
                return Encoding.UTF8.GetString(decoded.ToArray());
            }
        }
    }

    public string To => Assert.Single(Queued.Envelope.Recipients).Path.ToString();

    private static Dictionary<string, string> Read(string group) =>
        group.Replace("\r\n ", " ", StringComparison.Ordinal).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
}
