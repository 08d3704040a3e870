namespace Mail.Security.Sasl;

/// <summary>Chooses the strongest mechanism a server offers that may be used.</summary>
/// <remarks>One for all connections; it may be used by many at once.</remarks>
public sealed class SaslClientSelector
{
    private const int MaxOffered = 64;
    private readonly SaslClientOptions _options;
    private readonly IReadOnlySet<string> _mechanisms;
    private readonly IReadOnlySet<string> _allowedUnverified;
    private readonly bool _bindsChannels;

    /// <summary>Takes the options.</summary>
    /// <param name="options">What is accepted; null for the defaults. Read once.</param>
    /// <exception cref="ArgumentException">An option names an unknown mechanism, or the bounds of the iterations cross or are not positive.</exception>
    public SaslClientSelector(SaslClientOptions? options = null)
    {
        _options = options ?? new SaslClientOptions();
        if (_options.MinIterations < 1 || _options.MinIterations > _options.MaxIterations)
            throw new ArgumentException("The bounds of the iterations cross or are not positive.", nameof(options));
        _mechanisms = SaslMechanisms.Checked(_options.Mechanisms.Count == 0 ? SaslMechanisms.StrongestFirst : _options.Mechanisms, nameof(options));
        _allowedUnverified = SaslMechanisms.Checked(_options.AllowedUnverified, nameof(options));
        _bindsChannels = _mechanisms.Any(SaslMechanisms.BindsChannel);
    }

    /// <summary>Selects.</summary>
    /// <param name="credentials">What to authenticate with; the client reads them until it is through.</param>
    /// <param name="offered">What the server offers now, in any case: inside TLS what it said inside TLS.</param>
    /// <param name="channel">The connection.</param>
    /// <returns>The client, or what the server offered.</returns>
    public SaslSelection Select(SaslCredentials credentials, IEnumerable<string> offered, SaslClientChannel channel)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(offered);
        ArgumentNullException.ThrowIfNull(channel);
        var names = offered.Where(IsName).Select(static name => name.ToUpperInvariant()).Distinct(StringComparer.Ordinal).Take(MaxOffered).ToList();
        var usable = SaslMechanisms.StrongestFirst.Where(name => names.Contains(name) && IsUsable(name, credentials, channel)).ToList();
        var mechanism = usable.FirstOrDefault(name => MaySend(name, channel));
        return mechanism is null
            ? new SaslSelection.Nothing(names, usable)
            : new SaslSelection.Selected(Create(mechanism, credentials, names, channel));
    }

    /// <summary>Whether another one would choose alike. The key caches do not count: they make a login cheaper and no other.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>True when mechanisms, bounds and preparation are the same.</returns>
    public bool IsEquivalentTo(SaslClientSelector other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _mechanisms.SetEquals(other._mechanisms)
            && _allowedUnverified.SetEquals(other._allowedUnverified)
            && (_options.MinIterations, _options.MaxIterations, _options.Preparation) == (other._options.MinIterations, other._options.MaxIterations, other._options.Preparation);
    }

    private bool IsUsable(string mechanism, SaslCredentials credentials, SaslClientChannel channel) =>
        _mechanisms.Contains(mechanism)
        && credentials.Kind == SaslMechanisms.KindOf(mechanism)
        && (!SaslMechanisms.TakesToken(mechanism) || channel.Protection != SaslProtection.None)     // RFC 7628 §3: never without TLS
        && (!SaslMechanisms.BindsChannel(mechanism) || channel.Binding is not null)
        // CRAM-MD5 and LOGIN cannot say whom to act as; being somebody else than asked for is no lesser success.
        && (credentials.AuthorizationIdentity.Length == 0 || mechanism is not (SaslMechanisms.CramMd5 or SaslMechanisms.Login));

    private bool MaySend(string mechanism, SaslClientChannel channel) =>
        !SaslMechanisms.GivesSecretAway(mechanism) || channel.Protection == SaslProtection.Verified || _allowedUnverified.Contains(mechanism);

    private SaslClient Create(string mechanism, SaslCredentials credentials, List<string> offered, SaslClientChannel channel) => mechanism switch
    {
        SaslMechanisms.Plain => new PlainClient(credentials, _options.Preparation),
        SaslMechanisms.Login => new LoginClient(credentials, _options.Preparation),
        SaslMechanisms.External => new ExternalClient(credentials),
        SaslMechanisms.CramMd5 => new CramMd5Client(credentials, _options.Preparation),
        SaslMechanisms.OAuthBearer => new OAuthBearerClient(credentials, _options.Preparation, channel),
        SaslMechanisms.XOAuth2 => new XOAuth2Client(credentials, _options.Preparation),
        _ => CreateScram(mechanism, credentials, offered, channel),
    };

    private ScramClient CreateScram(string mechanism, SaslCredentials credentials, List<string> offered, SaslClientChannel channel)
    {
        SaslMechanisms.IsScram(mechanism, out var hash);
        var plus = SaslMechanisms.BindsChannel(mechanism);
        return new ScramClient(new ScramClientSetup(credentials, _options)
        {
            Hash = hash,
            Flag = plus ? ScramBindingFlag.Used : FlagWithoutBinding(offered, channel),
            Binding = plus ? channel.Binding : null,
            Nonce = ScramAlgorithm.NewNonce(),
        });
    }

    // RFC 5802 §6: "n" only from a client that does not support binding. A client that does has found no -PLUS name it may use by now, or it would use that: it says "y",
    // whatever other -PLUS names it was shown, for the very name it lacks may have been taken away and another put in its place. Where the options name no -PLUS
    // mechanism at all, "y" would be untrue behind a list that has one.
    private ScramBindingFlag FlagWithoutBinding(List<string> offered, SaslClientChannel channel) =>
        channel.Binding is not null && (_bindsChannels || !offered.Exists(name => name.StartsWith("SCRAM-", StringComparison.Ordinal) && SaslMechanisms.BindsChannel(name)))
            ? ScramBindingFlag.NotOffered
            : ScramBindingFlag.NotSupported;

    // RFC 4422 §3.1: at most 20 letters, digits, hyphens and underscores.
    private static bool IsName(string name) => name is { Length: >= 1 and <= 20 } && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
