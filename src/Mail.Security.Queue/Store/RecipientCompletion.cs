namespace Mail.Security.Queue;

/// <summary>What an attempt came to for one recipient.</summary>
/// <param name="Recipient">The recipient as in the lease's envelope.</param>
/// <param name="Outcome">What becomes of the recipient.</param>
/// <param name="Status">The status of the attempt.</param>
/// <param name="Detail">One sentence for people, kept with the recipient as long as it is open.</param>
public sealed record RecipientCompletion(MailPath Recipient, RecipientFate Outcome, EnhancedStatus Status, string Detail);
