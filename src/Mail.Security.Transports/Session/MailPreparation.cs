using System.Diagnostics;
using System.Globalization;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>What is settled before MAIL: may this envelope go to this server at all, and with which parameters.</summary>
internal sealed class MailPreparation(SmtpClientSession session, SmtpSessionSettings settings)
{
    private readonly IReadOnlyList<SmtpExtension> _extensions = settings.Extensions;
    private readonly bool _requiresTls = settings.Extensions.Any(static extension => extension.Keyword.Equals("REQUIRETLS", StringComparison.OrdinalIgnoreCase));

    private EhloCapabilities Peer => session.Capabilities;

    /// <summary>Whether the content has to be looked through first, and may have to be converted.</summary>
    public bool MustScan(in MailItem item) => !TakesAsDeclared(item.Envelope.Body);

    /// <summary>Looks the content through, converts it where it must be, and prepares.</summary>
    public async ValueTask ScanAndPrepareAsync(MailSlot slot, CancellationToken cancellationToken)
    {
        // A sender may have declared 8BITMIME for content that is all ASCII, as many do always; then there is nothing to convert.
        if (slot.Body == BodyType.EightBitMime && !await ContentScan.HasEightBitAsync(slot.Content, cancellationToken).ConfigureAwait(false))
            slot.Use(slot.Content, BodyType.SevenBit);
        else if (await ConvertAsync(slot, cancellationToken).ConfigureAwait(false) is { } reason)
            slot.Report.RefuseAll(new SmtpRefusal(554, new EnhancedStatus(5, 6, 3), reason), SmtpStage.Local);
        Prepare(slot);
    }

    /// <summary>Marks local refusals in the report and gathers the parameters of MAIL.</summary>
    public void Prepare(MailSlot slot)
    {
        var (envelope, report, parameters) = (slot.Item.Envelope, slot.Report, slot.Parameters);
        slot.Progress = SlotProgress.Prepared;
        AddSize(slot.Content, parameters, report);
        if (TakesAsDeclared(slot.Body) && slot.Body != BodyType.SevenBit)
            parameters.Add("BODY", slot.Body == BodyType.BinaryMime ? "BINARYMIME" : "8BITMIME");
        AddUtf8(envelope, parameters, report);
        AddDsn(envelope, parameters, report);
        slot.Transfer = TransferOf(slot);
        for (var index = 0; index < _extensions.Count; index++)
        {
            if (report.AnyOpen && _extensions[index].PrepareMail(session.Channel, Peer, envelope, parameters) is SmtpClientGate.Refuse(var refusal))
                report.RefuseAll(refusal, SmtpStage.Local);
        }
        // A demand nobody looks after must not get lost on the way (RFC 8689 §4.2.1). With the extension the decision is its own: a
        // report may go without the parameter (RFC 8689 §5).
        if (envelope.TlsDemand == TlsDemand.RequireTls && !_requiresTls)
            report.RefuseAll(new SmtpRefusal(550, new EnhancedStatus(5, 7, 10), "REQUIRETLS is demanded and this session does not provide it"), SmtpStage.Local);
    }

    // RFC 6152 §3: 8-bit content goes only to a server that announces 8BITMIME. RFC 3030 §3: binary content by BDAT, to one that announces BINARYMIME.
    private bool TakesAsDeclared(BodyType body) => body switch
    {
        BodyType.EightBitMime => Peer.EightBitMime,
        BodyType.BinaryMime => Peer is { BinaryMime: true, Chunking: true },
        _ => true,
    };

    private ContentTransfer TransferOf(MailSlot slot) => Peer.Chunking && (slot.Body == BodyType.BinaryMime || settings.Chunking switch
    {
        ChunkingUse.WhenBinary => false,
        ChunkingUse.Always => true,
        _ => slot.Content.Length >= settings.ChunkSize,
    }) ? ContentTransfer.Chunks : ContentTransfer.Data;

    // Null when it was converted; else why the content cannot go.
    private async ValueTask<string?> ConvertAsync(MailSlot slot, CancellationToken cancellationToken)
    {
        var lacks = slot.Body == BodyType.BinaryMime ? "binary content, and the server does not announce BINARYMIME with CHUNKING" : "8-bit content, and the server does not announce 8BITMIME";
        if (settings.Converter is not { } converter)
            return lacks;
        var form = Peer.EightBitMime ? ContentForm.EightBit : ContentForm.SevenBit;
        switch (await converter.ConvertAsync(slot.Content, form, cancellationToken).ConfigureAwait(false))
        {
            case ContentConversion.Converted(var content):
                slot.Use(content, form == ContentForm.EightBit ? BodyType.EightBitMime : BodyType.SevenBit);
                return null;
            case ContentConversion.NotPossible(var reason):
                return $"{lacks}: {reason}";
            default:
                throw new UnreachableException();
        }
    }

    // RFC 3461 §5.2.1: what came with the message goes on with it; §5.2.2: and nothing of it to a server that does not announce DSN.
    private void AddDsn(SmtpEnvelope envelope, SmtpParameterList parameters, TransactionReport report)
    {
        report.PassesDsn = Peer.Dsn;
        if (Peer.Dsn)
            DsnParameters.AddToMail(envelope, parameters);
    }

    // RFC 1870 §6.1: a message over the announced limit need not be offered.
    private void AddSize(MessageContent content, SmtpParameterList parameters, TransactionReport report)
    {
        if (Peer.MaxSize is { } limit && content.Length > limit)
            report.RefuseAll(new SmtpRefusal(552, new EnhancedStatus(5, 3, 4), string.Create(CultureInfo.InvariantCulture, $"message of {content.Length} octets is over the server's limit of {limit}")), SmtpStage.Local);
        if (Peer.Has("SIZE"))
            parameters.Add("SIZE", content.Length);
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
