using System.Net;

namespace Mail.Security.Dnssec;

/// <summary>One server, and what is known of it: where answers are validated here, one that strips DNSSEC records is of no use.</summary>
/// <remarks>
/// A denial with its signatures and its NSEC or NSEC3 records shows that they are passed on. An answer that lacks either says nothing, for most zones have none: where it is not
/// believed the server is asked what a signed zone must answer with them, unless that was done not long ago; once for all who need to know. A finding is kept for a time only, so that
/// a server that was mended is asked again.
/// <para>Who gave no answer in time, or was out of reach, or gave what nobody could prove where another server's answer was proven, is asked behind the others for half a minute. Who answered another
/// question meanwhile is not silent: a name whose own servers are silent must not put a server back. An answer ends it, unless the server was outvoted; and no more than the order comes of it, so
/// that neither somebody on the path nor the owner of a zone can do a server out of its turn for longer than he keeps on.</para>
/// </remarks>
/// <param name="exchange">Asks it.</param>
/// <param name="checks">What it must pass; none where the AD bit is looked at, or nothing.</param>
/// <param name="time">The clock.</param>
internal sealed class UpstreamServer(ServerExchange exchange, IReadOnlyList<ServerCheck> checks, TimeProvider time)
{
    private static readonly TimeSpan StrippingTime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CapableTime = TimeSpan.FromHours(1);
    private static readonly TimeSpan UnknownTime = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan DoubtfulTime = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private Task<Finding>? _check;
    private Finding _finding = new(Passing.Unknown, "", 0, TimeSpan.Zero);
    private Slip? _slip;
    private long _answered = long.MinValue;

    private enum Passing : byte
    {
        Unknown,
        Strips,
        Passes,
    }

    /// <summary>When it is asked.</summary>
    public ServerStanding Standing => Known is { Passing: Passing.Strips } ? ServerStanding.Strips
        : Volatile.Read(ref _slip) is { } slip && time.GetElapsedTime(slip.Since) < DoubtfulTime ? ServerStanding.Doubtful : ServerStanding.Good;

    private Finding? Known => Volatile.Read(ref _finding) is var finding && time.GetElapsedTime(finding.Since) < finding.Keep ? finding : null;

    public IPEndPoint EndPoint => exchange.Server;

    /// <summary>Its place among the servers, from 1.</summary>
    public int Place { get; init; } = 1;

    /// <summary>Asks; an answer by which it shows that it strips is a failure.</summary>
    public async ValueTask<Reply> AskAsync(Question question, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var reply = await exchange.AskAsync(question, cancellationToken).ConfigureAwait(false);
        Watch(reply, start);
        if (reply is not Reply.Answered answered)
            return reply;
        answered.From = this;
        if (Learn(question, reply) is { } stripped)
            return Refuse(stripped);
        if (checks.Count > 0 && DnssecRecords.HasDenial(answered.Message) && DnssecRecords.HasSignatures(answered.Message))
            Keep(Passing.Passes, "", CapableTime);
        return reply;
    }

    /// <summary>To be told where what it said could not be proven, and what another server said could.</summary>
    public void Outvote() => Volatile.Write(ref _slip, new(time.GetTimestamp(), IsOutvoted: true));

    private void Watch(Reply reply, long start)
    {
        if (reply is not Reply.Failed { Reason: DnsFailure.Timeout or DnsFailure.Network or DnsFailure.Mismatched })
        {
            Volatile.Write(ref _answered, time.GetTimestamp());
            if (Volatile.Read(ref _slip) is { IsOutvoted: false } slip)
                Interlocked.CompareExchange(ref _slip, null, slip);
        }
        else if (Volatile.Read(ref _answered) <= start)
        {
            Volatile.Write(ref _slip, new(time.GetTimestamp(), IsOutvoted: Standing == ServerStanding.Doubtful && Volatile.Read(ref _slip) is { IsOutvoted: true }));
        }
    }

    /// <summary>To be asked where an answer is not believed: the failure that it strips; null where it does not, or nothing can be said.</summary>
    public async ValueTask<Reply.Failed?> FindOutAsync(CancellationToken cancellationToken)
    {
        if (checks.Count == 0)
            return null;
        var finding = Known ?? await CheckAsync(cancellationToken).ConfigureAwait(false);
        return finding.Passing == Passing.Strips ? Refuse(finding) : null;
    }

    /// <summary>Asks questions by which it shows what it is good for, and tells.</summary>
    public async ValueTask<ServerProbe> ProbeAsync(IReadOnlyList<ServerCheck> asked, CancellationToken cancellationToken)
    {
        var probe = await AskAsync(asked, cancellationToken).ConfigureAwait(false);
        if (checks.Count > 0)
            Learn(probe);
        return probe;
    }

    private async ValueTask<ServerProbe> AskAsync(IReadOnlyList<ServerCheck> asked, CancellationToken cancellationToken)
    {
        var passed = new List<string>();
        foreach (var check in asked)
        {
            var probe = check.Judge(exchange.Server, await exchange.AskAsync(check.Question, cancellationToken).ConfigureAwait(false));
            if (probe.Capability != ServerCapability.Capable)
                return probe;
            passed.Add(probe.Detail);
        }
        return new(exchange.Server, ServerCapability.Capable, string.Join(", and ", passed));
    }

    // Joined by those who need it at the same time; where he who began it is told to stop, another begins it anew.
    private async ValueTask<Finding> CheckAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<Finding> check;
            lock (_lock)
                check = _check ??= Task.Run(() => RunAsync(cancellationToken), CancellationToken.None);
            try
            {
                return await check.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                continue;
            }
        }
    }

    private async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Learn(await AskAsync(checks, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            lock (_lock)
                _check = null;
        }
    }

    private Finding? Learn(Question question, Reply reply)
    {
        foreach (var check in checks)
        {
            if (check.Question.Equals(question) && check.Judge(exchange.Server, reply) is { Capability: ServerCapability.StripsDnssec } probe)
                return Learn(probe);
        }
        return null;
    }

    private Finding Learn(ServerProbe probe) => probe.Capability switch
    {
        ServerCapability.StripsDnssec => Keep(Passing.Strips, probe.ToString(), StrippingTime),
        ServerCapability.Capable => Keep(Passing.Passes, "", CapableTime),
        // No finding: one that strips is not taken for mended, and elsewhere what was not believed stays bogus.
        _ => Known is { Passing: Passing.Strips } strips ? strips : Keep(Passing.Unknown, "", UnknownTime),
    };

    private static Reply.Failed Refuse(Finding finding) => new(DnsFailure.UpstreamNotDnssecCapable, null, $"{finding.Detail}, so that nothing can be validated; ask another one");

    private Finding Keep(Passing passing, string detail, TimeSpan keep)
    {
        var finding = new Finding(passing, detail, time.GetTimestamp(), keep);
        Volatile.Write(ref _finding, finding);
        return finding;
    }

    private sealed record Slip(long Since, bool IsOutvoted);

    private sealed record Finding(Passing Passing, string Detail, long Since, TimeSpan Keep);
}
