namespace Mail.Security.Delivery;

/// <summary>The transport an attempt took, and why. An attempt that learns something of the domain on its way may have a second one.</summary>
/// <param name="Transport">Its name.</param>
/// <param name="Way">The transport in a few words, without secrets; empty when there is none of that name.</param>
/// <param name="Why">The route that took it, or that it was set on the message.</param>
public sealed record RouteExplanation(TransportName Transport, string Way, string Why)
{
    /// <summary>The route in one line.</summary>
    /// <returns>"relay (smarthost mx.example.net:25): global route 1: recipients .example.com".</returns>
    public override string ToString() => $"{Transport}{(Way.Length == 0 || Way == Transport.Value ? "" : $" ({Way})")}: {Why}";
}
