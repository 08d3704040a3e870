namespace Mail.Security.Smtp;

/// <summary>How much of the message a notification of failure is to bring back: the RET parameter (RFC 3461 §4.3).</summary>
public enum DsnReturn : byte
{
    /// <summary>The sender did not say: the server chooses.</summary>
    Unspecified = 0,

    /// <summary>FULL: the whole message.</summary>
    Full = 1,

    /// <summary>HDRS: its header only.</summary>
    HeadersOnly = 2,
}
