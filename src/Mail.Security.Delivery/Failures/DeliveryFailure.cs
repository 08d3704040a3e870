namespace Mail.Security.Delivery;

/// <summary>What a failure means to the queue, to the sender, to reports and to meters. Made by one table for all packages below.</summary>
/// <param name="Label">A stable short name, the label of meters: "tlsa-lookup", "peer-rejected", "connect". Names no domain and no host.</param>
/// <param name="Disposition">Transient or permanent, for the host or the attempt it is about.</param>
/// <param name="Status">The status for the sender (RFC 3463 §3); its class agrees with the disposition.</param>
/// <param name="Report">How TLS reports count it (RFC 8460 §4.3).</param>
/// <param name="Sentence">What happened, in one sentence for people, without line ends.</param>
public sealed record DeliveryFailure(string Label, Disposition Disposition, EnhancedStatus Status, TlsFailureType Report, string Sentence);
