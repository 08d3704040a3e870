namespace Mail.Security.SenderAuthentication;

/// <summary>The limits of one evaluation. Read once, when the evaluator is made.</summary>
public sealed class SpfOptions
{
    /// <summary>How many terms may ask for what does not exist. Default 2; 0 to 10 (RFC 7208 §4.6.4).</summary>
    public int MaxVoidLookups { get; set; } = 2;

    /// <summary>How long an evaluation may take in all; what takes longer is a temporary error. Default 20 seconds, the least that RFC 7208 §4.6.4 wants; positive, at most an hour.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    internal SpfOptions CheckedCopy()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxVoidLookups);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxVoidLookups, 10);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Timeout, TimeSpan.FromHours(1));
        return (SpfOptions)MemberwiseClone();
    }
}
