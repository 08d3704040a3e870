namespace Mail.Security.Smtp;

/// <summary>What to do with a message that was not delivered in time (RFC 2852 §4.1.3).</summary>
public enum DeliverByMode : byte
{
    /// <summary>N: notify the sender, and go on.</summary>
    Notify = 0,

    /// <summary>R: return it.</summary>
    Return = 1,
}
