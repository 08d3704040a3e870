namespace Mail.Security.Sasl;

/// <summary>Why a client gives an authentication up. It sends "*" then, where the server waits for an answer (RFC 4954 §4).</summary>
public enum SaslClientFailure : byte
{
    /// <summary>The server did not prove that it knows the password, or its proof is wrong: it is not the server meant, whatever its reply says (RFC 5802 §5).</summary>
    ServerNotAuthenticated = 0,

    /// <summary>The server reports an error of the mechanism ("e=", RFC 5802 §7; the status of a token, RFC 7628 §3.2.2); the detail names it.</summary>
    ServerError,

    /// <summary>A challenge breaks the grammar of the mechanism.</summary>
    Malformed,

    /// <summary>A challenge is longer than <see cref="SaslLimits.MaxMessageLength"/>.</summary>
    MessageTooLong,

    /// <summary>A challenge came when the mechanism has nothing more to say.</summary>
    UnexpectedChallenge,

    /// <summary>Name or password cannot be prepared: control or invisible characters, or none that count.</summary>
    CredentialsUnusable,

    /// <summary>The server's nonce does not begin with the client's, or adds too little to it.</summary>
    Nonce,

    /// <summary>The salt is too short or too long.</summary>
    Salt,

    /// <summary>The iteration count is lower than <see cref="SaslClientOptions.MinIterations"/>.</summary>
    IterationsTooLow,

    /// <summary>The iteration count is higher than <see cref="SaslClientOptions.MaxIterations"/>.</summary>
    IterationsTooHigh,

    /// <summary>The server demands an extension; none is known (RFC 5802 §5.1).</summary>
    ExtensionNotSupported,

    /// <summary>There is no token to authenticate with; the detail is the provider's.</summary>
    TokenUnavailable,

    /// <summary>The server refused, and the mechanism has no more to say of it.</summary>
    Refused,
}
