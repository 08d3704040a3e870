using System.Globalization;
using System.Text;
using Mail.Security.Smtp;
using Mail.Security.Transports;
using MimeKit;

namespace Mail.Security.Queue;

/// <summary>Converts MIME content to 8-bit or 7-bit lines by encoding its parts in quoted-printable or base64, whichever is shorter (RFC 6152 §3, RFC 3030 §3).</summary>
/// <remarks>
/// <para>A part that is encoded already or need not be, and every header field but Content-Transfer-Encoding of the parts that are encoded, stays as it is to the
/// octet. What was converted is looked through: nothing leaves that is not in the form that was asked for. What is of type message is never encoded, only the parts in it.</para>
/// <para>A conversion holds about two and a half times the size of the message in memory, and the result, up to one and a half times, is held until it is sent
/// (<see cref="MimeContentConverterOptions.MaxSize"/>). Each delivery converts for itself.</para>
/// <para>Refused is what a change would break: a message with DKIM-Signature or an ARC set (<see cref="MimeContentConverterOptions.DkimSigned"/>), multipart/signed and multipart/encrypted, the parts of S/MIME and PGP, text
/// signed inline by PGP, in forwarded messages too; and what cannot be converted: 8-bit octets in header fields (that is SMTPUTF8), in
/// parts of type message that may not be encoded, and outside of parts.</para>
/// </remarks>
/// <param name="options">How; read once, here. Null takes the defaults.</param>
public sealed class MimeContentConverter(MimeContentConverterOptions? options = null) : ContentConverter
{
    private const int LongestLine = 998;        // RFC 5322 §2.1.1
    private const int LongestEncodedLine = 76;  // RFC 2045 §6.7

    private readonly int _maxSize = (options ?? new MimeContentConverterOptions()).MaxSize;
    private readonly UnconvertibleParts _unconvertible = new((options ?? new MimeContentConverterOptions()).DkimSigned);

    /// <inheritdoc/>
    public override async ValueTask<ContentConversion> ConvertAsync(MessageContent content, ContentForm form, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (content.Length > _maxSize)
            return new ContentConversion.NotPossible(string.Create(CultureInfo.InvariantCulture, $"the message is over the limit of {_maxSize} octets for conversion"));
        if (await ReadAsync(content, cancellationToken).ConfigureAwait(false) is not { } message)
            return new ContentConversion.NotPossible("the message cannot be read as MIME");
        using (message)
        {
            if (_unconvertible.Find(message) is { } reason)
                return new ContentConversion.NotPossible(reason);
            var converted = Write(message, form, content.Length);
            return IsInForm(converted.Span, form) ? new ContentConversion.Converted(new BytesContent(converted)) : new ContentConversion.NotPossible("the message has octets outside of parts that cannot be encoded");
        }
    }

    private static async ValueTask<MimeMessage?> ReadAsync(MessageContent content, CancellationToken cancellationToken)
    {
        var stream = content.OpenRead();
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                return await MimeMessage.LoadAsync(stream, cancellationToken).ConfigureAwait(false);
            }
            catch (FormatException)
            {
                return null;
            }
        }
    }

    private static ReadOnlyMemory<byte> Write(MimeMessage message, ContentForm form, long size)
    {
        if (message.Body is { } body)
            Convert(body, form);
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        format.MaxLineLength = LongestEncodedLine;
        // Room for base64, the longest that a whole message becomes but for small parts: the stream does not grow by doubling then.
        using var output = new MemoryStream((int)Math.Min(size + (size / 2) + 4096, Array.MaxLength));
        message.WriteTo(format, output);
        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }

    private static void Convert(MimeEntity entity, ContentForm form)
    {
        switch (entity)
        {
            case Multipart multipart:
                Relabel(multipart, form);
                foreach (var part in multipart)
                    Convert(part, form);
                break;
            case MessagePart holder:
                Relabel(holder, form);
                if (holder.Message?.Body is { } body)
                    Convert(body, form);
                break;
            case MimePart part when !UnconvertibleParts.IsEncoded(part):
                Convert(part, form);
                break;
        }
    }

    // RFC 2045 §6.4, RFC 2046 §5.2: what holds parts, and what is of type message, is never encoded, but says what it is.
    private static void Convert(MimePart part, ContentForm form)
    {
        var scan = ContentScan.Of(part);
        if (part.ContentType.IsMimeType("message", "*") || !Needs(scan, form))
            Relabel(part, form);
        else if (scan.IsBinary)
            part.ContentTransferEncoding = ContentEncoding.Base64;
        else
            part.Prepare(form == ContentForm.SevenBit ? EncodingConstraint.SevenBit : EncodingConstraint.EightBit, LongestLine);
    }

    private static bool Needs(ContentScan scan, ContentForm form) =>
        scan.IsBinary || scan.LongestLine > LongestLine || (form == ContentForm.SevenBit && scan.HasEightBit);

    private static void Relabel(MimeEntity entity, ContentForm form)
    {
        if (entity.Headers[HeaderId.ContentTransferEncoding]?.Trim() is { } said
            && (said.Equals("binary", StringComparison.OrdinalIgnoreCase) || (form == ContentForm.SevenBit && said.Equals("8bit", StringComparison.OrdinalIgnoreCase))))
            entity.Headers[HeaderId.ContentTransferEncoding] = form == ContentForm.SevenBit ? "7bit" : "8bit";
    }

    private static bool IsInForm(ReadOnlySpan<byte> content, ContentForm form)
    {
        var check = new ContentCheck(BareLineEndPolicy.Refuse);
        check.Write(content);
        if (check.GetFault() != SyntaxFault.None || (form == ContentForm.SevenBit && !Ascii.IsValid(content)))
            return false;
        foreach (var line in content.Split("\r\n"u8))
        {
            if (line.End.Value - line.Start.Value > LongestLine)
                return false;
        }
        return true;
    }
}
