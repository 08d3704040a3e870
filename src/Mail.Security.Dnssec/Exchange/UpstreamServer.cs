using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>One server, and what is known of it: where answers are validated here, one that strips DNSSEC records is of no use.</summary>
/// <remarks>
/// An answer with signatures shows that they are passed on. One without says nothing, for most zones have none: then the server is asked for keys that must have
/// signatures, unless that was done not long ago. A finding is kept for a time only, so that a server that was mended is asked again.
/// </remarks>
/// <param name="exchange">Asks it.</param>
/// <param name="keys">The question for keys that must have signatures; null where the AD bit is looked at, or nothing.</param>
/// <param name="time">The clock.</param>
internal sealed class UpstreamServer(ServerExchange exchange, Question? keys, TimeProvider time)
{
    private static readonly TimeSpan StrippingTime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CapableTime = TimeSpan.FromHours(1);
    private static readonly TimeSpan UnknownTime = TimeSpan.FromSeconds(30);

    private Finding _finding = new(Passing.Unknown, 0, TimeSpan.Zero);

    private enum Passing : byte
    {
        Unknown,
        Strips,
        Passes,
    }

    public ServerExchange Exchange => exchange;

    /// <summary>Whether others are to be asked in its place.</summary>
    public bool IsPassedOver => IsKnown(out var passing) && passing == Passing.Strips;

    /// <summary>Asks; an answer from which DNSSEC records were stripped is a failure.</summary>
    public async ValueTask<Reply> AskAsync(Question question, CancellationToken cancellationToken)
    {
        var reply = await exchange.AskAsync(question, cancellationToken).ConfigureAwait(false);
        if (keys is not { } known || reply is not Reply.Answered { Message: var message })
            return reply;
        if (question.Equals(known))
            return Learn(known, message) ?? reply;
        if (HasSignatures(message))
        {
            Keep(Passing.Passes, CapableTime);
            return reply;
        }
        if (IsKnown(out var passing) && passing != Passing.Strips)
            return reply;
        // One that strips is asked only where no other is left, and may have been mended.
        if (await exchange.AskAsync(known, cancellationToken).ConfigureAwait(false) is Reply.Answered { Message: var found })
            return Learn(known, found) ?? reply;
        if (passing == Passing.Strips)
            return Stripped(known);
        // No finding: what is not signed is judged as it came, and bogus rather than secure.
        Keep(Passing.Unknown, UnknownTime);
        return reply;
    }

    /// <summary>Asks a question by which it shows what it is good for, and tells.</summary>
    public async ValueTask<ServerProbe> ProbeAsync(ServerCheck check, CancellationToken cancellationToken)
    {
        var reply = await exchange.AskAsync(check.Question, cancellationToken).ConfigureAwait(false);
        if (keys is { } known && known.Equals(check.Question) && reply is Reply.Answered { Message: var message })
            Learn(known, message);
        return check.Judge(exchange.Server, reply);
    }

    /// <summary>Whether an answer for keys has the keys, and a signature over them.</summary>
    public static bool HasSignedKeys(DnsMessage message) =>
        message.Answers.Any(static record => record.Type == DnssecTypes.Dnskey) && message.Answers.Any(static record => record.Type == DnssecTypes.Rrsig);

    private Reply.Failed? Learn(Question question, DnsMessage message)
    {
        var passes = HasSignedKeys(message);
        Keep(passes ? Passing.Passes : Passing.Strips, passes ? CapableTime : StrippingTime);
        return passes ? null : Stripped(question);
    }

    private Reply.Failed Stripped(Question question) => new(DnsFailure.UpstreamNotDnssecCapable, null,
        $"{exchange.Server}: gives the answer to {question} without signatures: it strips DNSSEC records, so that nothing can be validated; ask another one");

    private bool IsKnown(out Passing passing)
    {
        var finding = Volatile.Read(ref _finding);
        passing = finding.Passing;
        if (time.GetElapsedTime(finding.Since) < finding.Keep)
            return true;
        passing = Passing.Unknown;
        return false;
    }

    private void Keep(Passing passing, TimeSpan keep) => Volatile.Write(ref _finding, new(passing, time.GetTimestamp(), keep));

    private static bool HasSignatures(DnsMessage message) => Any(message.Answers) || Any(message.Authority);

    private static bool Any(IReadOnlyList<RawRecord> records)
    {
        foreach (var record in records)
        {
            if (record.Type == ResourceRecordType.RRSIG)
                return true;
        }
        return false;
    }

    private sealed record Finding(Passing Passing, long Since, TimeSpan Keep);
}
