namespace SendMail.Arguments;

/// <summary>What the command is to do.</summary>
internal enum SendMode : byte
{
    /// <summary>Send the message on the standard input.</summary>
    Send = 0,

    /// <summary>Put it into the queue without trying.</summary>
    QueueOnly,

    /// <summary>Send what is queued.</summary>
    Flush,

    /// <summary>Say how it is used.</summary>
    Help,
}
