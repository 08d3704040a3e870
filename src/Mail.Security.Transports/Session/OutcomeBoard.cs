using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>The recipients of a transaction and what has been decided for each. A decision, once made, stays.</summary>
internal sealed class OutcomeBoard
{
    private readonly IReadOnlyList<SmtpRecipient> _recipients;
    private readonly RecipientOutcome?[] _decided;
    private readonly bool[] _accepted;

    public OutcomeBoard(IReadOnlyList<SmtpRecipient> recipients)
    {
        if (recipients.Count == 0 || recipients.Any(recipient => recipient.Path.IsNull))
            throw new ArgumentException("An envelope has at least one recipient, and the null path is none.", nameof(recipients));
        _recipients = recipients;
        _decided = new RecipientOutcome?[recipients.Count];
        _accepted = new bool[recipients.Count];
    }

    public int Count => _recipients.Count;

    /// <summary>Some recipient is not decided yet.</summary>
    public bool AnyOpen => _decided.Contains(null);

    /// <summary>The server accepted the RCPT of some recipient, and nothing has gone wrong for it since.</summary>
    public bool AnyAccepted => Enumerable.Range(0, Count).Any(index => _accepted[index] && _decided[index] is null);

    /// <summary>The server accepted the RCPT of some recipient, whatever it said before or after.</summary>
    public bool AnyTaken => _accepted.Contains(true);

    public bool IsOpen(int index) => _decided[index] is null;

    public MailPath PathOf(int index) => _recipients[index].Path;

    /// <summary>The server's reply to RCPT.</summary>
    public void Answer(int index, SmtpReply reply)
    {
        if (reply.IsPositive)       // RFC 5321 §4.2.1: 250, 251 and 252 all accept
            _accepted[index] = true;
        else
            Decide(index, OutcomeOf(reply, SmtpStage.Recipient), reply, SmtpStage.Recipient);
    }

    /// <summary>A reply that decides for all that are left.</summary>
    public void DecideAll(SmtpReply reply, SmtpStage stage)
    {
        for (var index = 0; index < Count; index++)
            Decide(index, OutcomeOf(reply, stage), reply, stage);
    }

    /// <summary>Our own reason against one recipient.</summary>
    public void Refuse(int index, SmtpRefusal refusal, SmtpStage stage) => _decided[index] ??=
        new RecipientOutcome(PathOf(index), refusal.Status.IsPermanent ? DeliveryOutcome.Refused : DeliveryOutcome.Deferred, null, refusal, stage, refusal.ToString());

    /// <summary>Our own reason against all that are left.</summary>
    public void RefuseAll(SmtpRefusal refusal, SmtpStage stage)
    {
        for (var index = 0; index < Count; index++)
            Refuse(index, refusal, stage);
    }

    /// <summary>Closes the board: who is still open is deferred by the failure.</summary>
    public IReadOnlyList<RecipientOutcome> Seal(SessionFailure? failure)
    {
        for (var index = 0; index < Count; index++)
        {
            _decided[index] ??= new RecipientOutcome(PathOf(index), DeliveryOutcome.Deferred, failure?.Reply, null,
                failure?.Stage ?? SmtpStage.Local, failure?.Detail ?? "the transaction ended without an answer");
        }
        return _decided!;
    }

    // RFC 5321 §4.5.3.1.10: 552 to RCPT is how older servers say 452, too many recipients.
    private static DeliveryOutcome OutcomeOf(SmtpReply reply, SmtpStage stage) => reply switch
    {
        { IsPositive: true } when stage == SmtpStage.EndOfData => DeliveryOutcome.Accepted,
        { Code: 552 } when stage == SmtpStage.Recipient => DeliveryOutcome.Deferred,
        { IsPermanent: true } => DeliveryOutcome.Refused,
        _ => DeliveryOutcome.Deferred,
    };

    private void Decide(int index, DeliveryOutcome outcome, SmtpReply reply, SmtpStage stage) =>
        _decided[index] ??= new RecipientOutcome(PathOf(index), outcome, reply, null, stage, reply.ToString());
}
