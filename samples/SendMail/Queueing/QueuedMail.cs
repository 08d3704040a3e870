using SendMail.Messages;

namespace SendMail.Queueing;

/// <summary>A message of the queue.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Since">When it was queued first.</param>
/// <param name="Mail">The message, for the recipients that are left.</param>
internal sealed record QueuedMail(string Path, DateTimeOffset Since, OutgoingMail Mail);
