namespace Mail.Security.SmtpServer;

/// <summary>What follows from one step of a login: a reply when there is one, or else a challenge, or else nothing because the time of the session is over.</summary>
internal readonly record struct LoginStep(SmtpLoginOutcome Outcome, ServerReply? Reply, ReadOnlyMemory<byte>? Challenge)
{
    /// <summary>The session's time is over.</summary>
    public static LoginStep OutOfTime => default;

    /// <summary>The client is asked for more.</summary>
    public static LoginStep Ask(ReadOnlyMemory<byte> challenge) => new(SmtpLoginOutcome.Undecided, null, challenge);

    /// <summary>The login is over; a refusal for good is a failed one.</summary>
    public static LoginStep End(in ServerReply reply) => new(reply.Code >= 500 ? SmtpLoginOutcome.Failed : SmtpLoginOutcome.Undecided, reply, null);

    /// <summary>The client has logged in.</summary>
    public static LoginStep Success(in ServerReply reply) => new(SmtpLoginOutcome.Succeeded, reply, null);
}
