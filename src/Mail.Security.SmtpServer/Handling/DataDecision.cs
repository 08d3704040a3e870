using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>The answer to DATA or to the first BDAT: receive the message, or refuse it before any of it is taken.</summary>
public abstract record DataDecision
{
    private protected DataDecision()
    {
    }

    /// <summary>Answer 354 and stream the message into <paramref name="Sink"/>, which the session disposes in every case.</summary>
    /// <param name="Sink">Where the message goes; used by one session, one call at a time.</param>
    public sealed record Receive(MessageSink Sink) : DataDecision;

    /// <summary>Answer with <paramref name="Refusal"/>; the transaction is over.</summary>
    /// <param name="Refusal">The reply, 4xx or 5xx.</param>
    public sealed record Refuse(SmtpRefusal Refusal) : DataDecision;

    /// <summary>Receives into a sink, so that a handler can simply return it.</summary>
    public static implicit operator DataDecision(MessageSink sink) => FromMessageSink(sink);

    /// <summary>Refuses, so that a handler can simply return the refusal.</summary>
    public static implicit operator DataDecision(SmtpRefusal refusal) => FromSmtpRefusal(refusal);

    /// <summary>Receives into <paramref name="sink"/>.</summary>
    public static DataDecision FromMessageSink(MessageSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        return new Receive(sink);
    }

    /// <summary>Refuses with <paramref name="refusal"/>.</summary>
    public static DataDecision FromSmtpRefusal(SmtpRefusal refusal) => new Refuse(refusal);
}
