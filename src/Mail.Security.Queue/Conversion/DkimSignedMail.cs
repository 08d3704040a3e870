namespace Mail.Security.Queue;

/// <summary>What a converter does with a message that is signed by DKIM or ARC.</summary>
public enum DkimSignedMail : byte
{
    /// <summary>It is not converted, and so refused for a server that cannot be sent it as it is.</summary>
    Refuse = 0,

    /// <summary>It is converted, and its signatures do not verify any more (RFC 6376 §5.3): for networks in which nobody looks at them.</summary>
    Convert,
}
