namespace Mail.Security.Queue;

/// <summary>What an attempt came to, recipient by recipient, and what is to be told about it.</summary>
internal sealed record AttemptVerdict
{
    /// <summary>One entry for each recipient of the lease.</summary>
    public required IReadOnlyList<RecipientCompletion> Recipients { get; init; }

    /// <summary>The recipients the sender is told of, each as far as the sender wants to be: all that failed, the delayed ones when a notice of delay is due, and those handed on to who will not tell.</summary>
    public required IReadOnlyList<DsnRecipient> Told { get; init; }

    /// <summary>When the recipients that stay open are due; null when none does.</summary>
    public required DateTimeOffset? Next { get; init; }

    /// <summary>The attempts a notice of delay promises.</summary>
    public required IReadOnlyList<DateTimeOffset> Upcoming { get; init; }

    /// <summary>A notice of delay was due, and there is nobody to tell: that is settled, as if it had been sent.</summary>
    public bool HasNoDelayToTell { get; init; }

    /// <summary>Whether a notice would speak of a failure.</summary>
    public bool TellsFailure => Told.Any(recipient => recipient.Action == DsnAction.Failed);

    /// <summary>Whether a notice would speak of a delay.</summary>
    public bool TellsDelay => Told.Any(recipient => recipient.Action == DsnAction.Delayed);

    /// <summary>The same when nobody can be told: who failed stays open, since a message is never dropped without a word.</summary>
    /// <param name="retry">When the open recipients are due where the schedule has no next attempt.</param>
    public AttemptVerdict Untold(DateTimeOffset retry)
    {
        var recipients = Recipients.Select(recipient => recipient.Outcome == RecipientFate.Failed ? recipient with { Outcome = RecipientFate.Retry } : recipient).ToList();
        return this with
        {
            Recipients = recipients, Told = [], Upcoming = [],
            Next = recipients.Any(recipient => recipient.Outcome == RecipientFate.Retry) ? Next ?? retry : null,
        };
    }
}
