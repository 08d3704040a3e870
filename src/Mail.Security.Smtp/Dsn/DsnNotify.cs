namespace Mail.Security.Smtp;

/// <summary>Of what a sender wants to be told for one recipient: the NOTIFY parameter (RFC 3461 §4.1).</summary>
[Flags]
public enum DsnNotify : byte
{
    /// <summary>The sender did not say: a notification of failure, and of delay if the server likes to.</summary>
    Unspecified = 0,

    /// <summary>NEVER: no notification whatever happens; stands alone.</summary>
    Never = 1,

    /// <summary>SUCCESS: when the message was delivered, or left to a system that will not tell.</summary>
    Success = 2,

    /// <summary>FAILURE: when it could not be delivered.</summary>
    Failure = 4,

    /// <summary>DELAY: when it is under way for long. Absent from a set, no notification of delay may be sent.</summary>
    Delay = 8,
}
