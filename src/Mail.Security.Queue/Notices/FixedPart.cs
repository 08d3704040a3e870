using MimeKit;

namespace Mail.Security.Queue;

/// <summary>A part whose encoding was chosen when it was made, and which no preparation of the message around it changes: what is of type message is not to be encoded (RFC 2046 §5.2.1, RFC 3464 §2.1).</summary>
internal sealed class FixedPart : MimePart
{
    public FixedPart(string type, string subtype, byte[] octets, ContentEncoding encoding) : base(type, subtype) =>
        (Content, ContentTransferEncoding) = (new MimeContent(new MemoryStream(octets, writable: false)), encoding);

    public override void Prepare(EncodingConstraint constraint, int maxLineLength)
    {
    }
}
