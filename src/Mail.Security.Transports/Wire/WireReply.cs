namespace Mail.Security.Transports;

/// <summary>The code of a reply, or why there is none. Its text lies in the connection until the next read: <see cref="SmtpConnection.ReplyText"/>.</summary>
internal readonly record struct WireReply(int Code, WireFault? Fault)
{
    public static WireReply Failed(WireFault fault) => new(0, fault);

    /// <summary>A reply that leaves the connection in use. RFC 5321 §3.8: 421 may come in answer to anything, and ends it.</summary>
    public bool IsUsable => Code is not (0 or 421);

    public bool IsPositive => Code / 100 == 2;

    public bool IsIntermediate => Code / 100 == 3;

    /// <summary>A refusal, for now or for good.</summary>
    public bool IsNegative => Code / 100 is 4 or 5;
}
