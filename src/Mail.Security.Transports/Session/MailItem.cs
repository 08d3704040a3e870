using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>A message to send: envelope, content, and what the sender wants to recognise it by.</summary>
public readonly record struct MailItem
{
    /// <summary>Makes one.</summary>
    /// <param name="envelope">The envelope, with at least one recipient.</param>
    /// <param name="content">The content.</param>
    /// <param name="tag">Whatever the sender likes; handed back with the report.</param>
    /// <exception cref="ArgumentException">
    /// The envelope has no recipient, or the null path as one, or an envelope id or original recipient that no parameter can carry (RFC 3461 §4.2, §4.4).
    /// </exception>
    public MailItem(SmtpEnvelope envelope, MessageContent content, object? tag = null)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(content);
        if (!AreRecipients(envelope.Recipients))
            throw new ArgumentException("An envelope has at least one recipient, and the null path is none.", nameof(envelope));
        ThrowIfNotSpeakable(envelope);
        (Envelope, Content, Tag) = (envelope, content, tag);
    }

    /// <summary>The envelope.</summary>
    public SmtpEnvelope Envelope { get; }

    /// <summary>The content.</summary>
    public MessageContent Content { get; }

    /// <summary>What the sender gave with it.</summary>
    public object? Tag { get; }

    // Found here, it cannot come in the middle of another message.
    private static void ThrowIfNotSpeakable(SmtpEnvelope envelope)
    {
        if (envelope.EnvelopeId is not null)
            DsnParameters.AddToMail(envelope, []);
        for (var index = 0; index < envelope.Recipients.Count; index++)
        {
            if (envelope.Recipients[index].OriginalRecipient is not null)
                DsnParameters.AddToRcpt(envelope.Recipients[index], []);
        }
    }

    internal static bool AreRecipients(IReadOnlyList<SmtpRecipient> recipients)
    {
        for (var index = 0; index < recipients.Count; index++)
        {
            if (recipients[index].Path.IsNull)
                return false;
        }
        return recipients.Count > 0;
    }
}
