namespace Mail.Security.Smtp;

/// <summary>By when a message is to be delivered, and what happens when it is not (RFC 2852 §4).</summary>
/// <param name="By">The deliver-by time, by this server's clock; it may have passed when <paramref name="Mode"/> is <see cref="DeliverByMode.Notify"/>.</param>
/// <param name="Mode">What to do when the time has passed.</param>
/// <param name="Trace">Whether every relay is to be reported.</param>
public sealed record DeliverBy(DateTimeOffset By, DeliverByMode Mode, DeliverByTrace Trace);
