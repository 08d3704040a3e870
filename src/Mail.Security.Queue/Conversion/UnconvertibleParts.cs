using MimeKit;

namespace Mail.Security.Queue;

/// <summary>Finds what a change of encoding would break or may not touch.</summary>
internal sealed class UnconvertibleParts(DkimSignedMail dkimSigned)
{
    // A signature over a header field or a body as they stand (RFC 6376 §5.3; ARC signs in the same way).
    private static readonly string[] SignatureFields = ["DKIM-Signature", "ARC-Message-Signature", "ARC-Seal"];

    /// <summary>Why the message must stay as it is, in one line of ASCII; null when it may be converted.</summary>
    public string? Find(MimeMessage message) => FindIn(message.Headers) ?? (message.Body is { } body ? Find(body) : null);

    /// <summary>Whether a part is in an encoding already.</summary>
    public static bool IsEncoded(MimePart part) => part.ContentTransferEncoding is ContentEncoding.Base64 or ContentEncoding.QuotedPrintable or ContentEncoding.UUEncode;

    private string? Find(MimeEntity entity) => FindIn(entity.Headers) ?? entity switch
    {
        // The octets of these are what was signed or encrypted.
        _ when entity.ContentType.IsMimeType("multipart", "signed") => "a part is signed",
        _ when entity.ContentType.IsMimeType("multipart", "encrypted") => "a part is encrypted",
        _ when IsCryptographic(entity.ContentType) => "a part belongs to S/MIME or PGP",
        Multipart multipart => multipart.Select(Find).FirstOrDefault(static reason => reason is not null),
        MessagePart { Message: { } inner } => Find(inner),
        // RFC 2046 §5.2: a type of message may be encoded only where its own definition says so.
        MimePart part when part.ContentType.IsMimeType("message", "*") && !IsEncoded(part) && ContentScan.Of(part).HasEightBit => "a message part may not be encoded",
        MimePart part when !IsEncoded(part) && ContentScan.Of(part).HasInlinePgp => "a part is signed",
        _ => null,
    };

    private string? FindIn(HeaderList headers)
    {
        foreach (var header in headers)
        {
            if (dkimSigned == DkimSignedMail.Refuse && SignatureFields.Contains(header.Field, StringComparer.OrdinalIgnoreCase))
                return "the message is signed by DKIM or ARC";
            if (!System.Text.Ascii.IsValid(header.RawValue))
                return "a header field has 8-bit octets";
        }
        return null;
    }

    private static bool IsCryptographic(ContentType type) =>
        type.IsMimeType("application", "*") && (type.MediaSubtype.StartsWith("pkcs7-", StringComparison.OrdinalIgnoreCase)
            || type.MediaSubtype.StartsWith("x-pkcs7-", StringComparison.OrdinalIgnoreCase) || type.MediaSubtype.StartsWith("pgp-", StringComparison.OrdinalIgnoreCase));
}
