namespace Mail.Security.Sasl;

/// <summary>The connection on which a client authenticates.</summary>
/// <param name="Protection">What protects it.</param>
/// <param name="Binding">What names it (<see cref="ChannelBinding"/>); null when it has none, and then no -PLUS mechanism is used.</param>
public sealed record SaslClientChannel(SaslProtection Protection, ChannelBinding? Binding = null)
{
    /// <summary>The host the client connected to, as OAUTHBEARER tells it (RFC 7628 §3.1); empty (the default) to say nothing.</summary>
    public string Host { get; init; } = string.Empty;

    /// <summary>The port the client connected to, likewise; 0 (the default) to say nothing.</summary>
    public int Port { get; init; }
}
