using Mail.Security.Sasl;

namespace Mail.Security.SmtpServer;

/// <summary>How clients of a listener log in by AUTH (RFC 4954). One instance serves every session of the listener.</summary>
/// <remarks>
/// <para>Which mechanisms are offered is the factory's to say, anew for each state of the channel: passwords in clear (PLAIN, LOGIN) only
/// under TLS unless <see cref="SaslServerOptions.OfferedInClear"/> names them, and -PLUS mechanisms where the session itself ended TLS,
/// bound by "tls-server-end-point" (RFC 5929 §4). EXTERNAL is never offered, for no certificate is asked of a client.</para>
/// <para>A login lasts until the session ends, begins TLS or is given to another client by XCLIENT. What a client sends as its credentials is in no
/// log, and is cleared where the session kept it.</para>
/// </remarks>
public sealed class SmtpServerAuthentication
{
    /// <summary>Takes the mechanisms.</summary>
    /// <param name="factory">The mechanisms and the accounts behind them.</param>
    public SmtpServerAuthentication(SaslServerFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        Factory = factory;
    }

    /// <summary>The mechanisms and the accounts behind them.</summary>
    public SaslServerFactory Factory { get; }

    /// <summary>Whether mail is taken without a login. Default <see cref="AuthenticationRequirement.Optional"/>.</summary>
    public AuthenticationRequirement Requirement { get; init; }

    /// <summary>How many logins of one session may fail; the next AUTH command closes it with 421 4.7.0. Default 3, at least 1.</summary>
    public int MaxFailures { get; init; } = 3;

    /// <summary>
    /// For one step of a login, which may ask a store; then the client is answered 454 4.7.0 and the session goes on, whether or not the store
    /// heeds its token. Default 30 seconds; <see cref="SmtpServerTimeouts.Handler"/> should be longer.
    /// </summary>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Clients that may say by the AUTH parameter of MAIL who submitted a message, such as relays of the same operator: the identities they act as
    /// (<see cref="SmtpAuthentication.AuthorizationIdentity"/>), compared exactly. Any other client is believed only when it names itself. Default: none.
    /// </summary>
    public IReadOnlyList<string> TrustedSubmitters { get; init; } = [];

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(TrustedSubmitters);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFailures, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StepTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(StepTimeout, TimeSpan.FromDays(1));
        if (!Enum.IsDefined(Requirement))
            throw new ArgumentException("Requirement must be one of the named values.", nameof(Requirement));
    }
}
