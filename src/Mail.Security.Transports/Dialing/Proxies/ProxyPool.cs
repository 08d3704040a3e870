using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Security.Transports;

/// <summary>Dials through one of several proxies, chosen by weight among the healthy ones.</summary>
/// <remarks>
/// <para>A proxy that fails itself is left out for a time that grows, and the next proxy is asked at once; a failure of the server dialed says
/// nothing of the proxy and is the result. When the time is over one connection tries the proxy again. When all proxies are left out, the
/// one that failed least recently is tried.</para>
/// <para>Safe for use by many callers at once.</para>
/// </remarks>
public sealed class ProxyPool : ProxyDialer
{
    private readonly Lock _gate = new();
    private readonly ProxyHealth[] _proxies;
    private readonly Func<int, int> _draw;
    private readonly ILogger _logger;

    /// <summary>Makes a pool.</summary>
    /// <param name="members">The proxies; at least one, each with a name of its own.</param>
    /// <param name="options">How they are judged; copied here. Null takes the defaults.</param>
    /// <param name="time">The clock of the back-off; null takes the system's.</param>
    /// <param name="logger">Receives the log lines; null for none.</param>
    /// <exception cref="ArgumentException">There is no proxy, two have one name, or a weight or an option is out of its range.</exception>
    public ProxyPool(IReadOnlyList<ProxyPoolMember> members, ProxyPoolOptions? options = null, TimeProvider? time = null, ILogger<ProxyPool>? logger = null)
        : this(members, options, time, logger, Random.Shared.Next)
    {
    }

    internal ProxyPool(IReadOnlyList<ProxyPoolMember> members, ProxyPoolOptions? options, TimeProvider? time, ILogger? logger, Func<int, int> draw)
    {
        Check(members);
        var copy = (options ?? new ProxyPoolOptions()).CheckedCopy();
        _proxies = [.. members.Select(member => new ProxyHealth(member, copy, time ?? TimeProvider.System))];
        (Name, _draw, _logger) = (copy.Name, draw, logger ?? NullLogger<ProxyPool>.Instance);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>How each proxy fared so far, in the order given.</summary>
    public IReadOnlyList<ProxyStatus> Status
    {
        get { lock (_gate) return [.. _proxies.Select(static proxy => proxy.Status)]; }
    }

    /// <inheritdoc/>
    public override ValueTask<DialResult> DialAsync(IPEndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return DialAsync(proxy => proxy.DialAsync(endpoint, cancellationToken));
    }

    /// <inheritdoc/>
    public override ValueTask<DialResult> DialNameAsync(DomainName host, int port, CancellationToken cancellationToken = default) =>
        DialAsync(proxy => proxy.DialNameAsync(host, port, cancellationToken));

    private async ValueTask<DialResult> DialAsync(Func<ProxyDialer, ValueTask<DialResult>> dial)
    {
        var tried = new HashSet<ProxyHealth>();
        DialResult? result = null;
        while (Begin(tried) is { } use)
        {
            result = await UseAsync(use, dial).ConfigureAwait(false);
            if (result is not DialResult.Failed failed || failed.Reason.Blame() != DialBlame.Proxy)
                break;
        }
        return result!;         // a pool has a proxy, and at least one of them is tried
    }

    private async ValueTask<DialResult> UseAsync(ProxyUse use, Func<ProxyDialer, ValueTask<DialResult>> dial)
    {
        DialResult? result = null;
        try
        {
            return result = await dial(use.Proxy.Member.Dialer).ConfigureAwait(false);
        }
        finally
        {
            End(use, result);
        }
    }

    private ProxyUse? Begin(HashSet<ProxyHealth> tried)
    {
        lock (_gate)
        {
            var proxy = Choose(tried);
            if (proxy is null)
                return null;
            tried.Add(proxy);
            return proxy.Begin();
        }
    }

    private ProxyHealth? Choose(HashSet<ProxyHealth> tried)
    {
        var open = _proxies.Where(proxy => !tried.Contains(proxy)).ToList();
        if (open.Where(static proxy => proxy.State == ProxyState.Due).MinBy(static proxy => proxy.FailedAt) is { } due)
            return due;
        var healthy = open.Where(static proxy => proxy.State == ProxyState.Healthy).ToList();
        if (healthy.Count > 0)
            return Draw(healthy);
        return tried.Count == 0 ? open.MinBy(static proxy => proxy.FailedAt) : null;
    }

    private ProxyHealth Draw(List<ProxyHealth> healthy)
    {
        var lot = _draw(healthy.Sum(static proxy => proxy.Member.Weight));
        var at = 0;
        while (lot >= healthy[at].Member.Weight)
            lot -= healthy[at++].Member.Weight;
        return healthy[at];
    }

    private void End(ProxyUse use, DialResult? result)
    {
        ProxyChange change;
        lock (_gate)
            change = use.Proxy.End(use, result);
        if (change == ProxyChange.LeftOut)
            TransportsTelemetry.ProxyLeftOut(use.Proxy.Member.Dialer.Name, use.Proxy.BackOff, (DialResult.Failed)result!, _logger);
        else if (change == ProxyChange.Healed)
            TransportsTelemetry.ProxyHealed(use.Proxy.Member.Dialer.Name, _logger);
    }

    private static void Check(IReadOnlyList<ProxyPoolMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        if (members.Count is 0 or > 1000)
            throw new ArgumentException("A pool has 1 to 1,000 proxies.", nameof(members));
        if (members.Any(static member => member.Weight is < 1 or > 1_000_000))
            throw new ArgumentException("A weight is 1 to 1,000,000.", nameof(members));
        if (members.DistinctBy(static member => member.Dialer.Name, StringComparer.Ordinal).Count() != members.Count)
            throw new ArgumentException("Two proxies have the same name.", nameof(members));
    }
}
