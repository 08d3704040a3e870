namespace Mail.Security.Sasl;

/// <summary>The connection on which a client authenticates.</summary>
/// <param name="Protection">What protects it.</param>
/// <param name="Binding">What names it (<see cref="ChannelBinding"/>); null when it has none, and then no -PLUS mechanism is used.</param>
public sealed record SaslClientChannel(SaslProtection Protection, ChannelBinding? Binding = null);
