using System.Diagnostics.CodeAnalysis;

namespace Mail.Security.Sasl;

/// <summary>The server half: says which mechanisms to offer on a connection, and makes one <see cref="SaslServer"/> for each authentication.</summary>
/// <remarks>One for all connections; it may be used by many at once.</remarks>
public sealed class SaslServerFactory
{
    private readonly ISaslCredentialStore _store;
    private readonly SaslServerOptions _options;
    private readonly TimeProvider _time;
    private readonly IReadOnlySet<string> _mechanisms;
    private readonly IReadOnlySet<string> _inClear;
    private readonly UnknownUsers _unknown;
    private readonly SaslAuthority _authority;
    private readonly ISaslPasswordVerifier _verifier;

    /// <summary>Takes store and options.</summary>
    /// <param name="store">Where the SCRAM credentials are.</param>
    /// <param name="options">How to authenticate; null for the defaults. Read once.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">An option names an unknown mechanism, the key is short, or the iteration count or host name cannot be.</exception>
    public SaslServerFactory(ISaslCredentialStore store, SaslServerOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        (_store, _options, _time) = (store, options ?? new SaslServerOptions(), time ?? TimeProvider.System);
        _mechanisms = SaslMechanisms.Checked(_options.Mechanisms, nameof(options));
        _inClear = SaslMechanisms.Checked(_options.OfferedInClear, nameof(options));
        if (!CramMd5.IsChallenge(System.Text.Encoding.ASCII.GetBytes($"<1.2@{_options.HostName}>")))
            throw new ArgumentException("The host name cannot stand in a challenge.", nameof(options));
        _unknown = new UnknownUsers(_options.UnknownUserKey, _options.Iterations);
        _authority = new SaslAuthority(_options.Preparation, _options.Authorizer);
        _verifier = _options.PasswordVerifier ?? new ScramPasswordVerifier(store, _options, _time, _unknown);
    }

    internal ISaslPasswordVerifier Verifier => _verifier;

    /// <summary>The mechanisms to announce on a connection, strongest first; in SMTP the words after AUTH.</summary>
    /// <param name="channel">The connection.</param>
    /// <returns>The names; empty when authentication is not to be offered here.</returns>
    public IReadOnlyList<string> Offer(SaslServerChannel channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return [.. SaslMechanisms.StrongestFirst.Where(mechanism => IsOffered(mechanism, channel))];
    }

    /// <summary>Begins an authentication by a mechanism that is offered on the connection.</summary>
    /// <param name="mechanism">The name the client gave, in any case (RFC 4954 §4).</param>
    /// <param name="channel">The connection, as it was given to <see cref="Offer"/>.</param>
    /// <param name="server">The authentication, to be disposed; null when the mechanism is not offered here. In SMTP that is 504 5.5.4 (RFC 4954 §4).</param>
    /// <returns>Whether it is offered.</returns>
    public bool TryCreate(string mechanism, SaslServerChannel channel, [NotNullWhen(true)] out SaslServer? server)
    {
        ArgumentNullException.ThrowIfNull(mechanism);
        ArgumentNullException.ThrowIfNull(channel);
        var name = SaslMechanisms.StrongestFirst.FirstOrDefault(known => string.Equals(known, mechanism, StringComparison.OrdinalIgnoreCase));
        server = name is not null && IsOffered(name, channel) ? Create(name, channel) : null;
        return server is not null;
    }

    private bool IsOffered(string mechanism, SaslServerChannel channel) => _mechanisms.Contains(mechanism) && mechanism switch
    {
        SaslMechanisms.External => !string.IsNullOrEmpty(channel.ExternalIdentity),
        SaslMechanisms.CramMd5 => _options.SecretStore is not null,
        SaslMechanisms.OAuthBearer or SaslMechanisms.XOAuth2 => false,      // no server half
        // RFC 4954 §4: no password in clear.
        SaslMechanisms.Plain or SaslMechanisms.Login => channel.Protection != SaslProtection.None || _inClear.Contains(mechanism),
        _ => !SaslMechanisms.BindsChannel(mechanism) || channel.Bindings.Count > 0,
    };

    private SaslServer Create(string mechanism, SaslServerChannel channel) => mechanism switch
    {
        SaslMechanisms.Plain => new PlainServer(_verifier, _authority),
        SaslMechanisms.Login => new LoginServer(_verifier, _authority),
        SaslMechanisms.External => new ExternalServer(channel.ExternalIdentity!, _authority),
        SaslMechanisms.CramMd5 => new CramMd5Server(_options.SecretStore!, _authority, CramMd5Server.NewChallenge(_options.HostName, _time)),
        _ => CreateScram(mechanism, channel),
    };

    private ScramServer CreateScram(string mechanism, SaslServerChannel channel)
    {
        SaslMechanisms.IsScram(mechanism, out var hash);
        return new ScramServer(new ScramServerSetup(_store, _unknown, _authority)
        {
            Hash = hash,
            Plus = SaslMechanisms.BindsChannel(mechanism),
            PlusWasOffered = SaslMechanisms.StrongestFirst.Any(name => SaslMechanisms.BindsChannel(name) && IsOffered(name, channel)),
            Bindings = channel.Bindings,
            Nonce = ScramAlgorithm.NewNonce(),
        });
    }
}
