namespace Mail.Security.MtaSts;

/// <summary>What a policy asks of a sender when a host fails to validate (RFC 8461 §5).</summary>
public enum MtaStsMode : byte
{
    /// <summary>The domain has withdrawn its policy: as if there were none (RFC 8461 §8.3).</summary>
    None = 0,

    /// <summary>Failures are reported and mail is delivered all the same.</summary>
    Testing = 1,

    /// <summary>Mail must not be delivered to a host that fails to validate.</summary>
    Enforce = 2,
}
