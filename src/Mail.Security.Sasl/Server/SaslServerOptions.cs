namespace Mail.Security.Sasl;

/// <summary>How a server authenticates.</summary>
public sealed class SaslServerOptions
{
    /// <summary>
    /// The mechanisms that may be offered. Default: SCRAM-SHA-256-PLUS, SCRAM-SHA-256, PLAIN, LOGIN and EXTERNAL. Each is offered only where it can work:
    /// -PLUS with a channel binding, PLAIN and LOGIN inside TLS, EXTERNAL with an identity of the channel, CRAM-MD5 with a <see cref="SecretStore"/>, OAUTHBEARER and XOAUTH2 nowhere.
    /// </summary>
    /// <remarks>
    /// Name the other SCRAM hashes only when the store has credentials of them for every user: a client takes the strongest offered and fails when its user has none.
    /// </remarks>
    public IReadOnlyCollection<string> Mechanisms { get; init; } =
        [SaslMechanisms.ScramSha256Plus, SaslMechanisms.ScramSha256, SaslMechanisms.Plain, SaslMechanisms.Login, SaslMechanisms.External];

    /// <summary>Of PLAIN and LOGIN those that are offered without TLS too. Default: none (RFC 4954 §4). Every password sent so is known to whoever is on the path.</summary>
    public IReadOnlyCollection<string> OfferedInClear { get; init; } = [];

    /// <summary>
    /// The iteration count told to users that do not exist. Default 15,000 (RFC 7677 §4). Give it the count of the stored credentials: a difference tells who exists.
    /// </summary>
    public int Iterations { get; init; } = 15_000;

    /// <summary>
    /// The key from which the salt of a user that does not exist is made, at least 32 octets; null (the default) for a random one per process. Give several servers of one
    /// name, and a server across its restarts, one key: a salt that changes tells that the user does not exist. The salt has 16 octets, as that of
    /// a <see cref="ScramCredential"/> made here: credentials made elsewhere with longer or shorter ones tell who exists.
    /// </summary>
    public ReadOnlyMemory<byte>? UnknownUserKey { get; init; }

    /// <summary>How names are prepared, and passwords where they are verified here. Default <see cref="SaslPreparation.OpaqueString"/>.</summary>
    public SaslPreparation Preparation { get; init; }

    /// <summary>Verifies passwords for PLAIN and LOGIN; null (the default) to verify against the SCRAM credentials of <see cref="PasswordHash"/>.</summary>
    public ISaslPasswordVerifier? PasswordVerifier { get; init; }

    /// <summary>The hash whose credentials verify PLAIN and LOGIN. Default SHA-256.</summary>
    public ScramHash PasswordHash { get; init; }

    /// <summary>The passwords for CRAM-MD5; null (the default) when there are none.</summary>
    public ISaslSecretStore? SecretStore { get; init; }

    /// <summary>Who may act as whom; null (the default) when everybody acts as themselves.</summary>
    public ISaslAuthorizer? Authorizer { get; init; }

    /// <summary>The host name in a CRAM-MD5 challenge. Default "localhost".</summary>
    public string HostName { get; init; } = "localhost";

    /// <summary>
    /// How many passwords may be verified against SCRAM credentials at once; further ones wait, without a thread and until their token is cancelled. Each costs the whole
    /// iteration count, so that strangers with many connections could take every processor. Passwords that are remembered, and SCRAM, wait for nobody. Default half the
    /// processors, at least 1.
    /// </summary>
    public int ConcurrentVerifications { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>How many passwords verified by a SCRAM credential are remembered, as keyed hashes of 32 octets. Default 1,024; 0 for none.</summary>
    public int VerifiedPasswords { get; init; } = 1024;

    /// <summary>How long one is remembered. Default five minutes. A changed credential is noticed at once.</summary>
    public TimeSpan VerifiedPasswordLifetime { get; init; } = TimeSpan.FromMinutes(5);
}
