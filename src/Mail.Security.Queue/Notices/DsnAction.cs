namespace Mail.Security.Queue;

/// <summary>What a notice says of a recipient (RFC 3464 §2.3.3).</summary>
public enum DsnAction : byte
{
    /// <summary>Not delivered yet; attempts go on.</summary>
    Delayed,

    /// <summary>Not delivered; attempts are over.</summary>
    Failed,

    /// <summary>Handed on to a system that sends no notification of its own (RFC 3461 §5.2.2, RFC 2852 §4.1.4).</summary>
    Relayed,
}
