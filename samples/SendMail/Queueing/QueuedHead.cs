using Mail.Security;
using Mail.Security.Smtp;

namespace SendMail.Queueing;

/// <summary>The first line of a file of the queue, as JSON: the envelope, and how long the content behind it is.</summary>
internal sealed record QueuedHead
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    public required DateTimeOffset Since { get; init; }

    public required string Sender { get; init; }

    public required IReadOnlyList<string> Recipients { get; init; }

    public DsnNotify Notify { get; init; }

    public DsnReturn Return { get; init; }

    public string? EnvelopeId { get; init; }

    public TlsDemand TlsDemand { get; init; }

    public BodyType Body { get; init; }

    public bool SmtpUtf8 { get; init; }

    public required long Length { get; init; }

    public static QueuedHead Of(SmtpEnvelope envelope, long length, DateTimeOffset since) => new()
    {
        Since = since,
        Sender = envelope.ReversePath.ToString(),
        Recipients = [.. envelope.Recipients.Select(recipient => recipient.Path.ToString())],
        Notify = envelope.Recipients[0].Notify,         // one for all: that of -N
        Return = envelope.Return,
        EnvelopeId = envelope.EnvelopeId,
        TlsDemand = envelope.TlsDemand,
        Body = envelope.Body,
        SmtpUtf8 = envelope.SmtpUtf8,
        Length = length,
    };

    /// <summary>The envelope again.</summary>
    /// <exception cref="FormatException">It holds what is none.</exception>
    public SmtpEnvelope ToEnvelope() => Version != CurrentVersion || Recipients.Count == 0 ? throw new FormatException("it has no envelope that this version knows") : new SmtpEnvelope
    {
        ReversePath = Sender.Length == 0 ? MailPath.Null : MailPath.Parse(Sender),
        Recipients = [.. Recipients.Select(MailPath.Parse).Select(path => Notify == DsnNotify.Unspecified ? new SmtpRecipient(path)
            : new SmtpRecipient(path) { Notify = Notify, OriginalRecipient = new OriginalRecipient(path.NeedsSmtpUtf8 ? "utf-8" : "rfc822", path.ToString()) })],
        Return = Return,
        EnvelopeId = EnvelopeId,
        TlsDemand = TlsDemand,
        Body = Body,
        SmtpUtf8 = SmtpUtf8,
    };
}
