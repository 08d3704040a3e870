using Mail.Security;
using Mail.Security.Transports;

namespace SendMail.Submitting;

/// <summary>What became of one recipient.</summary>
/// <param name="Path">The recipient.</param>
/// <param name="Outcome">Accepted, deferred or refused.</param>
/// <param name="ExitCode">The exit code that says so, when nothing else helps.</param>
/// <param name="Sentence">The reason: the server's reply, or ours.</param>
internal sealed record RecipientResult(MailPath Path, DeliveryOutcome Outcome, int ExitCode, string Sentence);
