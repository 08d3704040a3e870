namespace Mail.Security.Dnssec;

/// <summary>Asks a question of servers that were not asked it before, and adds them to those that were; null when no server is left.</summary>
internal delegate ValueTask<Reply?> AskServers(Question question, List<UpstreamServer> asked, CancellationToken cancellationToken);

/// <summary>One question, and what the servers say to it, one after another for as long as none is believed.</summary>
/// <remarks>
/// Each server is asked once. Who judges decides what is believed, by the same rules for all of them: to ask further is to look for a proof, never for a milder
/// judge. What was said is kept, so that it can be judged again by other keys without asking again. For one flow at a time.
/// </remarks>
internal sealed class Inquiry(AskServers ask, Question question, DnssecMeters meters)
{
    private const int MaxText = 512;

    private readonly List<UpstreamServer> _asked = [];
    private readonly List<Reply> _replies = [];

    /// <summary>Asks until a reply is believed.</summary>
    /// <param name="judge">Judges one reply.</param>
    /// <param name="beside">Puts a note beside what came of the first reply: what other servers said, where that is something else.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What came of the first reply that is believed; where none is, of the first one.</returns>
    public async ValueTask<T> JudgeAsync<T>(Func<Reply, ValueTask<Opinion<T>>> judge, Func<T, ExtendedDnsError, T> beside, CancellationToken cancellationToken)
    {
        var first = await JudgeAsync((await ReplyAsync(0, cancellationToken).ConfigureAwait(false))!, judge, cancellationToken).ConfigureAwait(false);
        if (first.Doubt is not { } doubt)
            return first.Value;
        var others = new List<Doubt>();
        for (var turn = 1; await ReplyAsync(turn, cancellationToken).ConfigureAwait(false) is { } reply; turn++)
        {
            var (value, further) = await JudgeAsync(reply, judge, cancellationToken).ConfigureAwait(false);
            if (further is null)
            {
                Outvote(turn);
                Tell(turn, "Outvoted");
                return value;
            }
            if (further.Detail != doubt.Detail)
                others.Add(reply is Reply.Answered { From.EndPoint: var server } ? further with { Detail = $"{server}: {further.Detail}" } : further);
        }
        Tell(_replies.Count, "Unproven");
        return others.Count == 0 ? first.Value : beside(first.Value, Note(others));
    }

    // What is not believed may want records that the server keeps back. Then that is what is to be told of it, and it is asked less from now on.
    private static async ValueTask<Opinion<T>> JudgeAsync<T>(Reply reply, Func<Reply, ValueTask<Opinion<T>>> judge, CancellationToken cancellationToken)
    {
        var opinion = await judge(reply).ConfigureAwait(false);
        return opinion.Doubt is not null && reply is Reply.Answered { From: { } server } && await server.FindOutAsync(cancellationToken).ConfigureAwait(false) is { } stripped
            ? await judge(stripped).ConfigureAwait(false) : opinion;
    }

    private async ValueTask<Reply?> ReplyAsync(int turn, CancellationToken cancellationToken)
    {
        if (turn < _replies.Count)
            return _replies[turn];
        var reply = await ask(question, _asked, cancellationToken).ConfigureAwait(false);
        if (reply is not null)
            _replies.Add(reply);
        return reply;
    }

    private void Outvote(int turns)
    {
        foreach (var reply in _replies.Take(turns))
            (reply as Reply.Answered)?.From?.Outvote();
    }

    private void Tell(int turns, string result)
    {
        foreach (var reply in _replies.Take(turns))
        {
            if (reply is Reply.Answered { From.Place: var place })
                meters.Refused(place, question, result);
        }
    }

    private static ExtendedDnsError Note(List<Doubt> others)
    {
        var text = string.Join("; ", others.Select(static one => one.Detail));
        return new(others[0].Error?.Code ?? 0, text.Length > MaxText ? text[..MaxText] : text);
    }
}
