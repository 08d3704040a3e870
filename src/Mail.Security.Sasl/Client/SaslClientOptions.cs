namespace Mail.Security.Sasl;

/// <summary>What a client accepts.</summary>
public sealed class SaslClientOptions
{
    /// <summary>The mechanisms that may be used; empty (the default) for all. The order is always strongest first. Only -PLUS names is the demand for channel binding.</summary>
    /// <remarks>
    /// A client whose channel has a binding, and which may use any -PLUS mechanism, tells a server from which it sees none it may use that it could have bound (RFC 5802 §6). A server
    /// that binds refuses it then: name -PLUS forms of all the SCRAM hashes you name, or of none.
    /// </remarks>
    public IReadOnlyCollection<string> Mechanisms { get; init; } = [];

    /// <summary>
    /// Of PLAIN, LOGIN, CRAM-MD5, OAUTHBEARER and XOAUTH2 those that are used on a channel whose peer is not verified, and but for the last two in clear. Default: none. Each
    /// name given here gives the password or the token away: at once, or with CRAM-MD5 as soon as whoever has the answer guesses it, which is quick. No token goes without TLS,
    /// whatever stands here (RFC 7628 §3).
    /// </summary>
    public IReadOnlyCollection<string> AllowedUnverified { get; init; } = [];

    /// <summary>The lowest SCRAM iteration count taken. Default 4,096 (RFC 7677 §4).</summary>
    public int MinIterations { get; init; } = SaslLimits.DefaultMinIterations;

    /// <summary>The highest SCRAM iteration count taken. Default 10,000,000, some seconds of work; a hostile server names more (RFC 5802 §9).</summary>
    public int MaxIterations { get; init; } = SaslLimits.DefaultMaxIterations;

    /// <summary>
    /// How name and password are prepared. Default <see cref="SaslPreparation.OpaqueString"/>. A server that stored the password by SASLprep (RFC 5802 §2.2) computes with
    /// other octets where NFC and NFKC differ: if such a password is refused, <see cref="SaslPreparation.SaslPrep"/> is the second try.
    /// </summary>
    public SaslPreparation Preparation { get; init; }

    /// <summary>Remembers derived keys, so that the next login costs no iterations; null (the default) for none. Share one among connections.</summary>
    public ScramKeyCache? KeyCache { get; init; }
}
