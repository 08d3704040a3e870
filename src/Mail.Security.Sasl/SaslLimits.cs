namespace Mail.Security.Sasl;

/// <summary>The sizes beyond which both halves refuse, before any work is done.</summary>
public static class SaslLimits
{
    /// <summary>The longest message taken, in octets after base64: 9,216, what a line of 12,288 octets can carry (RFC 4954 §4).</summary>
    public const int MaxMessageLength = 12_288 / 4 * 3;

    /// <summary>The fewest characters a nonce of the other side may have: 8.</summary>
    public const int MinNonceLength = 8;

    /// <summary>The shortest salt taken, in octets: 8.</summary>
    public const int MinSaltLength = 8;

    /// <summary>The longest salt taken, in octets: 1,024.</summary>
    public const int MaxSaltLength = 1024;

    /// <summary>The lowest iteration count taken without being told otherwise: 4,096 (RFC 5802 §5.1, RFC 7677 §4).</summary>
    public const int DefaultMinIterations = 4096;

    /// <summary>The highest iteration count taken without being told otherwise: 10,000,000. A hostile server names more to burn time (RFC 5802 §9).</summary>
    public const int DefaultMaxIterations = 10_000_000;
}
