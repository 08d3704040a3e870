namespace Mail.Security.Smtp;

/// <summary>Whether the sender wants to hear of every relay of its message (RFC 2852 §4.1.4).</summary>
public enum DeliverByTrace : byte
{
    /// <summary>It does not.</summary>
    Off = 0,

    /// <summary>T: a "relayed" notification at every relay.</summary>
    On = 1,
}
