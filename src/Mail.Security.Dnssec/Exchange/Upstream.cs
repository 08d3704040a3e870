namespace Mail.Security.Dnssec;

/// <summary>Asks the servers in turn until one answers, and the ones worth it again.</summary>
/// <remarks>
/// They are asked as configured, but for those that were silent, out of reach or outvoted in the last half minute, which come behind the others (RFC 1035 §7.2), and those that strip DNSSEC
/// records, which come last. Nobody is left out: what makes a server come later may have been done to it by somebody on its path, or by the zone that was asked for.
/// </remarks>
internal sealed class Upstream(UpstreamServer[] servers, int attempts)
{
    /// <summary>Asks those that were not asked yet: at first until one answers, those worth it again; after that each once.</summary>
    /// <param name="question">The question.</param>
    /// <param name="asked">Those asked before; those asked now are added.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The first answer; else the failure that tells most, with the detail of all of them; null when no server is left.</returns>
    public async ValueTask<Reply?> AskAsync(Question question, List<UpstreamServer> asked, CancellationToken cancellationToken)
    {
        var (failures, left, rounds) = (new List<Reply.Failed>(), Left(asked), asked.Count == 0 ? attempts : 1);
        for (var round = 0; round < rounds && left.Length > 0; round++)
        {
            var again = new List<UpstreamServer>();
            foreach (var server in left)
            {
                if (!asked.Contains(server))
                    asked.Add(server);
                var reply = await server.AskAsync(question, cancellationToken).ConfigureAwait(false);
                if (reply is not Reply.Failed failed)
                    return reply;
                failures.Add(failed);
                if (failed.Reason == DnsFailure.Bogus)      // validation said no; a server that says otherwise may only be lax
                    return Join(failures);
                if (failed.Reason is DnsFailure.Timeout or DnsFailure.Network or DnsFailure.Mismatched or DnsFailure.Malformed)
                    again.Add(server);
            }
            left = [.. again];
        }
        return failures.Count == 0 ? null : Join(failures);
    }

    /// <summary>Asks every server, each by itself, what it is good for.</summary>
    public async ValueTask<IReadOnlyList<ServerProbe>> ProbeAsync(IReadOnlyList<ServerCheck> checks, CancellationToken cancellationToken) =>
        await Task.WhenAll(servers.Select(server => server.ProbeAsync(checks, cancellationToken).AsTask())).ConfigureAwait(false);

    private UpstreamServer[] Left(List<UpstreamServer> asked) => asked.Count == 0 ? InOrder() : asked.Count == servers.Length ? [] : [.. InOrder().Except(asked)];

    private UpstreamServer[] InOrder() => Array.TrueForAll(servers, static server => server.Standing == ServerStanding.Good) ? servers : [.. servers.OrderBy(static server => server.Standing)];

    private static Reply.Failed Join(List<Reply.Failed> failures)
    {
        var first = failures.MaxBy(failure => Weight(failure.Reason))!;
        return first with { Detail = string.Join("; ", failures.Select(failure => failure.Error is null ? failure.Detail : $"{failure.Detail}, {failure.Error}").Distinct()) };
    }

    // What a server said tells more than that something came, and that more than silence. That one strips records counts only where all do.
    private static int Weight(DnsFailure reason) => reason switch
    {
        DnsFailure.Bogus => 5,
        DnsFailure.ServerFailure => 4,
        DnsFailure.Refused or DnsFailure.NotImplemented or DnsFailure.Malformed => 3,
        DnsFailure.Mismatched => 2,
        DnsFailure.Network => 1,
        DnsFailure.UpstreamNotDnssecCapable => -1,
        _ => 0,
    };
}
