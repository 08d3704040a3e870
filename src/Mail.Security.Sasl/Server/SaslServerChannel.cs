namespace Mail.Security.Sasl;

/// <summary>The connection on which a server authenticates a client.</summary>
/// <param name="Protection">What protects it.</param>
public sealed record SaslServerChannel(SaslProtection Protection)
{
    /// <summary>The bindings this channel has, one a type; empty when it has none, and then no -PLUS mechanism is offered.</summary>
    public IReadOnlyList<ChannelBinding> Bindings { get; init; } = [];

    /// <summary>The identity the channel itself has proven, for instance by a client certificate; null or empty when it has proven none, and then EXTERNAL is not offered.</summary>
    public string? ExternalIdentity { get; init; }
}
