using System.Globalization;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>What is settled before MAIL: may this envelope go to this server at all, and with which parameters.</summary>
internal sealed class MailPreparation(SmtpClientSession session, IReadOnlyList<SmtpExtension> extensions)
{
    private EhloCapabilities Peer => session.Capabilities;

    /// <summary>Marks local refusals on the board and gives the parameters of MAIL.</summary>
    public async ValueTask<SmtpParameterList> PrepareAsync(SmtpEnvelope envelope, MessageContent content, OutcomeBoard outcomes, CancellationToken cancellationToken)
    {
        var parameters = new SmtpParameterList();
        AddSize(content, parameters, outcomes);
        await AddBodyAsync(envelope, content, parameters, outcomes, cancellationToken).ConfigureAwait(false);
        AddUtf8(envelope, parameters, outcomes);
        foreach (var extension in extensions)
        {
            if (outcomes.AnyOpen && extension.PrepareMail(session.Channel, Peer, envelope, parameters) is SmtpClientGate.Refuse(var refusal))
                outcomes.RefuseAll(refusal, SmtpStage.Local);
        }
        // A demand nobody looks after must not get lost on the way (RFC 8689 §4.2.1). With the extension the decision is its own: a
        // report may go without the parameter (RFC 8689 §5).
        if (envelope.TlsDemand == TlsDemand.RequireTls && !extensions.Any(static extension => extension.Keyword.Equals("REQUIRETLS", StringComparison.OrdinalIgnoreCase)))
            outcomes.RefuseAll(new SmtpRefusal(550, new EnhancedStatus(5, 7, 10), "REQUIRETLS is demanded and this session does not provide it"), SmtpStage.Local);
        return parameters;
    }

    // RFC 1870 §6.1: a message over the announced limit need not be offered.
    private void AddSize(MessageContent content, SmtpParameterList parameters, OutcomeBoard outcomes)
    {
        if (Peer.MaxSize is { } limit && content.Length > limit)
            outcomes.RefuseAll(new SmtpRefusal(552, new EnhancedStatus(5, 3, 4), string.Create(CultureInfo.InvariantCulture, $"message of {content.Length} octets is over the server's limit of {limit}")), SmtpStage.Local);
        if (Peer.Has("SIZE"))
            parameters.Add("SIZE", content.Length.ToString(CultureInfo.InvariantCulture));
    }

    // RFC 6152 §3: 8-bit content goes only to a server that announces 8BITMIME. A sender may have declared 8BITMIME for content that
    // is all ASCII, as many do always; then there is nothing to refuse.
    private async ValueTask AddBodyAsync(SmtpEnvelope envelope, MessageContent content, SmtpParameterList parameters, OutcomeBoard outcomes, CancellationToken cancellationToken)
    {
        if (envelope.Body == BodyType.BinaryMime)
            outcomes.RefuseAll(new SmtpRefusal(554, new EnhancedStatus(5, 6, 3), "binary content cannot be sent by DATA"), SmtpStage.Local);     // RFC 3030 §3
        if (envelope.Body != BodyType.EightBitMime || !outcomes.AnyOpen)
            return;
        if (Peer.EightBitMime)
            parameters.Add("BODY", "8BITMIME");
        else if (await ContentScan.HasEightBitAsync(content, cancellationToken).ConfigureAwait(false))
            outcomes.RefuseAll(new SmtpRefusal(554, new EnhancedStatus(5, 6, 3), "8-bit content, and the server does not announce 8BITMIME"), SmtpStage.Local);
    }

    // RFC 6531 §3.5: without SMTPUTF8 the message as a whole, or the one address that needs it, cannot go.
    private void AddUtf8(SmtpEnvelope envelope, SmtpParameterList parameters, OutcomeBoard outcomes)
    {
        var whole = envelope.SmtpUtf8 || envelope.ReversePath.NeedsSmtpUtf8;
        if (!whole && !Enumerable.Range(0, outcomes.Count).Any(index => outcomes.PathOf(index).NeedsSmtpUtf8))
            return;
        if (Peer.SmtpUtf8)
        {
            parameters.Add("SMTPUTF8");
            return;
        }
        var refusal = new SmtpRefusal(550, new EnhancedStatus(5, 6, 7), "internationalized mail, and the server does not announce SMTPUTF8");
        for (var index = 0; index < outcomes.Count; index++)
        {
            if (whole || outcomes.PathOf(index).NeedsSmtpUtf8)
                outcomes.Refuse(index, refusal, SmtpStage.Local);
        }
    }
}
