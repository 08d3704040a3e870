namespace Mail.Security.Queue;

/// <summary>An open recipient as an operator sees it.</summary>
/// <param name="Recipient">The recipient.</param>
/// <param name="Status">The status of the last attempt; null before the first result.</param>
/// <param name="Detail">The sentence of the last attempt; empty before the first result.</param>
public sealed record QueueEntryRecipient(MailPath Recipient, EnhancedStatus? Status, string Detail);
