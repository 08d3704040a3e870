using System.Globalization;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>What is settled before MAIL: may this envelope go to this server at all, and with which parameters.</summary>
internal sealed class MailPreparation(SmtpClientSession session, IReadOnlyList<SmtpExtension> extensions)
{
    private readonly bool _requiresTls = extensions.Any(static extension => extension.Keyword.Equals("REQUIRETLS", StringComparison.OrdinalIgnoreCase));

    private EhloCapabilities Peer => session.Capabilities;

    /// <summary>Whether the content has to be looked through first. A sender may have declared 8BITMIME for content that is all ASCII, as many do always.</summary>
    public bool MustScan(in MailItem item) => item.Envelope.Body == BodyType.EightBitMime && !Peer.EightBitMime;

    /// <summary>Looks the content through where it must be, and prepares.</summary>
    public async ValueTask ScanAndPrepareAsync(MailSlot slot, CancellationToken cancellationToken) =>
        Prepare(slot, await ContentScan.HasEightBitAsync(slot.Item.Content, cancellationToken).ConfigureAwait(false) ? ContentOctets.EightBit : ContentOctets.SevenBit);

    /// <summary>Marks local refusals in the report and gathers the parameters of MAIL.</summary>
    public void Prepare(MailSlot slot, ContentOctets octets = ContentOctets.AsDeclared)
    {
        var (envelope, content, report, parameters) = (slot.Item.Envelope, slot.Item.Content, slot.Report, slot.Parameters);
        AddSize(content, parameters, report);
        AddBody(envelope, octets, parameters, report);
        AddUtf8(envelope, parameters, report);
        for (var index = 0; index < extensions.Count; index++)
        {
            if (report.AnyOpen && extensions[index].PrepareMail(session.Channel, Peer, envelope, parameters) is SmtpClientGate.Refuse(var refusal))
                report.RefuseAll(refusal, SmtpStage.Local);
        }
        // A demand nobody looks after must not get lost on the way (RFC 8689 §4.2.1). With the extension the decision is its own: a
        // report may go without the parameter (RFC 8689 §5).
        if (envelope.TlsDemand == TlsDemand.RequireTls && !_requiresTls)
            report.RefuseAll(new SmtpRefusal(550, new EnhancedStatus(5, 7, 10), "REQUIRETLS is demanded and this session does not provide it"), SmtpStage.Local);
        slot.Progress = SlotProgress.Prepared;
    }

    // RFC 1870 §6.1: a message over the announced limit need not be offered.
    private void AddSize(MessageContent content, SmtpParameterList parameters, TransactionReport report)
    {
        if (Peer.MaxSize is { } limit && content.Length > limit)
            report.RefuseAll(new SmtpRefusal(552, new EnhancedStatus(5, 3, 4), string.Create(CultureInfo.InvariantCulture, $"message of {content.Length} octets is over the server's limit of {limit}")), SmtpStage.Local);
        if (Peer.Has("SIZE"))
            parameters.Add("SIZE", content.Length);
    }

    // RFC 6152 §3: 8-bit content goes only to a server that announces 8BITMIME.
    private void AddBody(SmtpEnvelope envelope, ContentOctets octets, SmtpParameterList parameters, TransactionReport report)
    {
        if (envelope.Body == BodyType.BinaryMime)
            report.RefuseAll(new SmtpRefusal(554, new EnhancedStatus(5, 6, 3), "binary content cannot be sent by DATA"), SmtpStage.Local);     // RFC 3030 §3
        else if (envelope.Body == BodyType.EightBitMime && Peer.EightBitMime)
            parameters.Add("BODY", "8BITMIME");
        else if (octets == ContentOctets.EightBit)
            report.RefuseAll(new SmtpRefusal(554, new EnhancedStatus(5, 6, 3), "8-bit content, and the server does not announce 8BITMIME"), SmtpStage.Local);
    }

    // RFC 6531 §3.5: without SMTPUTF8 the message as a whole, or the one address that needs it, cannot go.
    private void AddUtf8(SmtpEnvelope envelope, SmtpParameterList parameters, TransactionReport report)
    {
        var whole = envelope.SmtpUtf8 || envelope.ReversePath.NeedsSmtpUtf8;
        if (!whole && !AnyNeedsUtf8(report))
            return;
        if (Peer.SmtpUtf8)
        {
            parameters.Add("SMTPUTF8");
            return;
        }
        var refusal = new SmtpRefusal(550, new EnhancedStatus(5, 6, 7), "internationalized mail, and the server does not announce SMTPUTF8");
        for (var index = 0; index < report.Count; index++)
        {
            if (whole || report.PathOf(index).NeedsSmtpUtf8)
                report.Refuse(index, refusal, SmtpStage.Local);
        }
    }

    private static bool AnyNeedsUtf8(TransactionReport report)
    {
        for (var index = 0; index < report.Count; index++)
        {
            if (report.PathOf(index).NeedsSmtpUtf8)
                return true;
        }
        return false;
    }
}

/// <summary>What is known of the octets of a content.</summary>
internal enum ContentOctets : byte
{
    AsDeclared = 0,
    SevenBit,
    EightBit,
}
