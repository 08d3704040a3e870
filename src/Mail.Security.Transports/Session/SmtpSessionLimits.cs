namespace Mail.Security.Transports;

/// <summary>How much a server may say.</summary>
public sealed record SmtpSessionLimits
{
    /// <summary>The limits with their default values.</summary>
    public static SmtpSessionLimits Default { get; } = new();

    /// <summary>The longest reply in octets, all its lines together; 64 KiB. A longer one ends the session before it is buffered.</summary>
    public int MaxReply { get; init; } = 64 * 1024;
}
