using System.Diagnostics;

namespace Mail.Security.Dnssec;

/// <summary>Makes of what a server said an answer, validated or with the security its AD bit gives, and says whether another server may know better.</summary>
/// <param name="path">Whether the AD bit is believed.</param>
/// <param name="policy">How long what is kept.</param>
/// <param name="validator">Validates; null where nothing is validated here, and nothing doubted.</param>
/// <param name="time">The clock.</param>
internal sealed class AnswerReader(ResolverPath path, CachePolicy policy, AnswerValidator? validator, TimeProvider time)
{
    /// <summary>Reads one reply.</summary>
    public ValueTask<Opinion<Stage<T>>> ReadAsync<T>(Reply reply, Question question, RecordShape<T> shape, CancellationToken cancellationToken) => reply switch
    {
        Reply.Answered(var message) when validator is not null => ValidateAsync(message, question, shape, validator, cancellationToken),
        // What is not validated here is not for us to doubt.
        Reply.Answered(var message) => new(new Opinion<Stage<T>>(Read(message, question, shape, new Judgement.Judged { Security = Judge(message) }, time.GetTimestamp()), null)),
        Reply.Failed failed when validator is not null => new(Doubted(Fail<T>(failed.Reason, failed.Error, question.Tell(failed.Detail)))),
        Reply.Failed failed => new(new Opinion<Stage<T>>(Fail<T>(failed.Reason, failed.Error, question.Tell(failed.Detail)), null)),
        _ => throw new UnreachableException(),
    };

    private Stage<T> Read<T>(DnsMessage message, Question question, RecordShape<T> shape, Judgement.Judged judged, long readAt) =>
        new StageReader<T>(question, shape, message, judged, policy, readAt).Read();

    private async ValueTask<Opinion<Stage<T>>> ValidateAsync<T>(DnsMessage message, Question question, RecordShape<T> shape, AnswerValidator own, CancellationToken cancellationToken)
    {
        var readAt = time.GetTimestamp();          // the times of the records run from here, however long the validation takes
        // What cannot be read is a failure, whoever signed it.
        var unproven = Read(message, question, shape, new Judgement.Judged { Security = DnsSecurity.Indeterminate }, readAt);
        if (unproven is Stage<T>.End { Answer: DnsAnswer<T>.Failed } unreadable)
            return Doubted(unreadable);
        switch (await own.JudgeAsync(question, message, cancellationToken).ConfigureAwait(false))
        {
            case Judgement.Judged judged:
                return new(Read(message, question, shape, judged, readAt), null);
            case Judgement.Refused refused:
                var failed = Fail<T>(refused.Reason, refused.Error, question.Tell(refused.Detail), refused);
                // The keys of a zone were asked of every server; only where another may lead elsewhere than into that zone is there more to be had.
                return refused.Zone is { } zone && CanonicalName.Of(question.Name).IsAtOrBelow(zone.Zone) ? new(failed, null) : Doubted(failed);
            default:
                throw new UnreachableException();
        }
    }

    private static Opinion<Stage<T>> Doubted<T>(Stage<T>.End failed)
    {
        var answer = (DnsAnswer<T>.Failed)failed.Answer;
        return new(failed, new(answer.Error, answer.Detail));
    }

    /// <summary>Puts a note beside a failure.</summary>
    public static Stage<T> Beside<T>(Stage<T> stage, ExtendedDnsError note) =>
        stage is Stage<T>.End { Answer: DnsAnswer<T>.Failed failed } end ? end with { Answer = failed with { Note = note } } : stage;

    // RFC 4035 §4.9.3: the AD bit counts only on a trusted path.
    private DnsSecurity Judge(DnsMessage message) =>
        !path.IsTrusted ? DnsSecurity.Indeterminate : message.IsAuthenticData ? DnsSecurity.Secure : DnsSecurity.Insecure;

    /// <summary>A failure, kept as long as its reason allows; one that rests on a zone, as long as the zone.</summary>
    public Stage<T>.End Fail<T>(DnsFailure reason, ExtendedDnsError? error, string detail, Judgement.Refused? refused = null)
    {
        var kept = refused?.Zone?.Kept ?? new Lifetime(time.GetTimestamp(), policy.Failure(reason));
        return new(new DnsAnswer<T>.Failed(reason, error, detail) { Chain = refused?.Chain ?? [], Note = refused?.Zone?.Note }) { ReadAt = kept.Since, Keep = kept.Keep };
    }
}
