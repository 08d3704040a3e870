namespace Mail.Security.Transports;

/// <summary>What a transaction did for one recipient.</summary>
public enum DeliveryOutcome : byte
{
    /// <summary>Not delivered, for a reason that may pass: a 4xx reply or a lost connection.</summary>
    Deferred = 0,

    /// <summary>Not delivered, for a reason that will not pass at this server: a 5xx reply or a local refusal.</summary>
    Refused,

    /// <summary>The server has taken responsibility for the message (RFC 5321 §4.2.5).</summary>
    Accepted,
}
