using Mail.Security.Transports;

namespace SendMail.Submitting;

/// <summary>What became of one message.</summary>
/// <param name="Recipients">A result for each recipient.</param>
/// <param name="Server">Whether the server can be asked for the next message.</param>
internal sealed record Attempt(IReadOnlyList<RecipientResult> Recipients, ServerState Server)
{
    public IEnumerable<RecipientResult> Deferred => Recipients.Where(result => result.Outcome == DeliveryOutcome.Deferred);

    public IEnumerable<RecipientResult> Refused => Recipients.Where(result => result.Outcome == DeliveryOutcome.Refused);
}
