using Mail.Security.Smtp;
using Mail.Security.Transports;
using MimeKit;

namespace Mail.Security.Queue;

/// <summary>Writes delivery status notifications (RFC 3464, RFC 6533).</summary>
/// <remarks>
/// A notice has three parts: a text for people with the explanation of the attempt and the next steps, the fields for programs, and the
/// header of the message. The whole message goes back where it failed and the sender asked for it (RET=FULL, RFC 3461 §4.3), up to 1 MiB of 7-bit lines; but for
/// one with REQUIRETLS (RFC 8689 §5), and never encoded. A notice about a message with REQUIRETLS demands REQUIRETLS itself.
/// </remarks>
/// <param name="reportingHost">The name of this host.</param>
/// <param name="time">The clock that dates the notices.</param>
public sealed class DsnBuilder(DomainName reportingHost, TimeProvider time)
{
    /// <summary>Writes one notice, ready to be queued.</summary>
    /// <param name="request">What to tell.</param>
    /// <param name="cancellationToken">Stops the reading of the header.</param>
    /// <returns>A message with the null reverse-path to the sender of the message it is about (RFC 5321 §6.1).</returns>
    /// <exception cref="ArgumentException">The reverse-path has no domain, or no recipient is named.</exception>
    public async ValueTask<NewQueueMessage> BuildAsync(DsnRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var original = await OriginalHeader.ReadAsync(request, cancellationToken).ConfigureAwait(false);
        return Build(request, original);
    }

    internal NewQueueMessage Build(DsnRequest request, OriginalHeader original)
    {
        var sender = request.Envelope.ReversePath;
        if (sender.RecipientDomain is null)
            throw new ArgumentException("The null reverse-path never gets a notice (RFC 5321 §6.1).", nameof(request));
        if (request.Recipients.Count == 0)
            throw new ArgumentException("A notice speaks of at least one recipient.", nameof(request));

        var now = time.GetUtcNow();
        var content = Write(Compose(request, original, now), sender.NeedsSmtpUtf8);
        return new NewQueueMessage
        {
            Received = now,
            Content = new BytesContent(content),
            Envelope = new SmtpEnvelope
            {
                ReversePath = MailPath.Null,
                Recipients = [new SmtpRecipient(sender)],
                TlsDemand = request.Envelope.TlsDemand == TlsDemand.RequireTls ? TlsDemand.RequireTls : TlsDemand.Default,
                SmtpUtf8 = sender.NeedsSmtpUtf8,
                Body = sender.NeedsSmtpUtf8 ? BodyType.EightBitMime : BodyType.SevenBit,
                Size = content.Length,
            },
        };
    }

    private MimeMessage Compose(DsnRequest request, OriginalHeader original, DateTimeOffset now)
    {
        var failed = request.Recipients.Any(recipient => recipient.Action == DsnAction.Failed);
        var message = new MimeMessage
        {
            Date = now,
            MessageId = $"{Guid.NewGuid():N}@{reportingHost.Ascii}",
            Subject = failed ? "Your message could not be delivered"
                : request.Recipients.All(static recipient => recipient.Action == DsnAction.Relayed) ? "Your message was handed on" : "Your message is delayed",
            Body = new MultipartReport("delivery-status",
                new TextPart("plain") { Text = DsnText.Write(request, reportingHost) },
                DsnFields.Part(request, reportingHost),
                original.Part(request.Envelope)),
        };
        message.From.Add(new MailboxAddress("Mail Delivery System", $"mailer-daemon@{reportingHost.Ascii}"));
        message.To.Add(new MailboxAddress(string.Empty, request.Envelope.ReversePath.ToString()));
        message.Headers.Add("Auto-Submitted", "auto-replied");     // RFC 3834 §5
        if (original.MessageId is { } id)
        {
            message.InReplyTo = id;
            message.References.Add(id);
        }
        return message;
    }

    private static byte[] Write(MimeMessage message, bool international)
    {
        message.Prepare(EncodingConstraint.SevenBit);
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        format.International = international;
        format.EnsureNewLine = true;
        using var stream = new MemoryStream();
        message.WriteTo(format, stream);
        return stream.ToArray();
    }
}
