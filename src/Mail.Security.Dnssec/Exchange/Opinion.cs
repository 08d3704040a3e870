namespace Mail.Security.Dnssec;

/// <summary>What was made of one server's reply.</summary>
/// <param name="Value">The finding.</param>
/// <param name="Doubt">Why it is not believed, so that another server is asked; null when it is.</param>
internal readonly record struct Opinion<T>(T Value, Doubt? Doubt);

/// <summary>Why a reply is not believed.</summary>
/// <param name="Error">The extended error, if there is one.</param>
/// <param name="Detail">One line for people.</param>
internal sealed record Doubt(ExtendedDnsError? Error, string Detail);
