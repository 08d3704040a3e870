namespace Mail.Security.SmtpServer;

/// <summary>Whether a message goes on.</summary>
internal enum FlowStep : byte
{
    /// <summary>There is more to come.</summary>
    On,

    /// <summary>It is over; <see cref="MessageFlow.Result"/> says what came of it.</summary>
    Over,
}

/// <summary>A wait for more bytes of a message.</summary>
/// <param name="Began">When it began, by the session's clock.</param>
/// <param name="Before">How many bytes were there already.</param>
internal readonly record struct FlowWait(long Began, long Before);

/// <summary>How receiving a message ended.</summary>
internal enum DataOutcome : byte
{
    /// <summary>The connection broke or was closed before the end of the message; there is nobody to reply to.</summary>
    Lost,

    /// <summary>The session's clock ran out: nothing but closing is left.</summary>
    OutOfTime,

    /// <summary>The end of the message was read; the reply says what became of it.</summary>
    Replied,

    /// <summary>A message already refused did not end in time: send the reply and close.</summary>
    RepliedAndOver,
}

/// <summary>What came of a message.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reply">The reply to the end of the message.</param>
/// <param name="Size">The bytes of content: as they were read, or as the sink got them where normalising made them more.</param>
internal readonly record struct DataResult(DataOutcome Outcome, ServerReply Reply, long Size);
