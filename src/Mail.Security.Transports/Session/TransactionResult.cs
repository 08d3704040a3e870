namespace Mail.Security.Transports;

/// <summary>What became of one message in a session.</summary>
/// <param name="Recipients">One outcome for each recipient of the envelope, in its order.</param>
/// <param name="ConnectionFailure">
/// Why the connection failed during the transaction; null when it did not. Recipients that had their final answer before keep it:
/// a server that refuses and hangs up has refused.
/// </param>
/// <param name="State">
/// Whether the session may be used again. <see cref="SessionState.Broken"/> without a failure means that this side hung up, to keep a
/// faulty content from being completed.
/// </param>
public sealed record TransactionResult(IReadOnlyList<RecipientOutcome> Recipients, SessionFailure? ConnectionFailure, SessionState State);
