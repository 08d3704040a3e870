namespace Mail.Security.Dnssec;

/// <summary>Asks the servers in turn until one answers, and the ones worth it again.</summary>
internal sealed class Upstream(ServerExchange[] servers, int attempts)
{
    /// <summary>Asks.</summary>
    /// <returns>The first answer; else the failure that tells most, with the detail of all of them.</returns>
    public async ValueTask<Reply> AskAsync(Question question, CancellationToken cancellationToken)
    {
        var (failures, left) = (new List<Reply.Failed>(), servers);
        for (var round = 0; round < attempts && left.Length > 0; round++)
        {
            var again = new List<ServerExchange>();
            foreach (var server in left)
            {
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
        return Join(failures);
    }

    private static Reply.Failed Join(List<Reply.Failed> failures)
    {
        var first = failures.MaxBy(failure => Weight(failure.Reason))!;
        return first with { Detail = string.Join("; ", failures.Select(failure => failure.Error is null ? failure.Detail : $"{failure.Detail}, {failure.Error}").Distinct()) };
    }

    // What a server said tells more than that something came, and that more than silence.
    private static int Weight(DnsFailure reason) => reason switch
    {
        DnsFailure.Bogus => 5,
        DnsFailure.ServerFailure => 4,
        DnsFailure.Refused or DnsFailure.NotImplemented or DnsFailure.Malformed => 3,
        DnsFailure.Mismatched => 2,
        DnsFailure.Network => 1,
        _ => 0,
    };
}
