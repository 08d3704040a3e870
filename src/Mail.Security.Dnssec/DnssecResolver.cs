using System.Diagnostics.Metrics;
using System.Net;

namespace Mail.Security.Dnssec;

/// <summary>A stub resolver that tells how far each answer can be trusted, by the AD bit of a validating server or by validating it here.</summary>
/// <remarks>
/// <para>Every question carries EDNS(0) with DO and AD (RFC 6891 §6, RFC 6840 §5.7), over UDP with at most 1232 octets, and again over TCP when the answer is
/// truncated. The AD bit of the answer is believed on a trusted path only: see <see cref="Path"/> and <see cref="AdTrust"/>. On any other the chain of
/// trust is validated here, and questions carry CD instead (RFC 6840 §5.9): see <see cref="DnssecMode"/>.</para>
/// <para>Servers are asked in turn. Silence, a broken connection, an answer to another question and a SERVFAIL lead to the
/// next one. So does, where answers are validated here, an answer that cannot be proven, each other server being asked once; where the AD bit is believed a SERVFAIL that
/// blames DNSSEC is final. A server that was silent or out of reach, or whose answer could not be proven where another's could, comes behind the others for half a minute. Answers are kept for their TTL, within a bound, and equal questions
/// asked at the same time are sent once. Safe for use by many callers at once; make one for a process.</para>
/// <para>Telemetry: the meter and the activity source are named Mail.Security.Dnssec. Instruments:
/// <c>mail.dns.lookup.duration</c> (by type, result, security), <c>mail.dns.questions</c> (by source: cache, shared, server),
/// <c>mail.dns.exchanges</c> (by transport, result) and <c>mail.dns.refused_answers</c> (by the server's place, type, result).</para>
/// <code>
/// using var resolver = new DnssecResolver();
/// Console.WriteLine(resolver.Path);
/// var answer = await resolver.GetMxAsync(DomainName.Parse("example.com"));
/// </code>
/// </remarks>
public sealed class DnssecResolver : IDnssecResolver, IDisposable
{
    private readonly DnssecResolverOptions _options;
    private readonly TimeProvider _time;
    private readonly DnssecMeters _meters;
    private readonly ServerExchange[] _exchanges;
    private readonly Upstream _upstream;
    private readonly QuestionDesk _desk;

    /// <summary>Makes a resolver; reads the system's configuration once, and sends nothing yet.</summary>
    /// <param name="options">The settings, copied here; null for the defaults.</param>
    /// <param name="time">The clock of every time limit and of the cache; null for the system's.</param>
    /// <param name="meters">Makes the meter; null for one of its own.</param>
    /// <exception cref="ArgumentException">A setting is out of its documented range.</exception>
    public DnssecResolver(DnssecResolverOptions? options = null, TimeProvider? time = null, IMeterFactory? meters = null)
    {
        _options = (options ?? new DnssecResolverOptions()).CheckedCopy();
        _time = time ?? TimeProvider.System;
        var (path, timeout, attempts) = PathFinder.Find(_options);
        // Decided once: answers of the one kind and of the other are never kept together.
        path = path with { Mode = _options.Mode != DnssecMode.Auto ? _options.Mode : path.IsTrusted ? DnssecMode.AdBit : DnssecMode.Validate };
        if (path.Mode == DnssecMode.Validate)
            path = path with { Anchors = _options.TrustAnchors.Count, AnchorSource = _options.TrustAnchorSource!, NegativeAnchors = _options.NegativeTrustAnchors };
        Path = path with { Servers = DnssecResolverOptions.Copy(path.Servers) };
        _meters = new DnssecMeters(meters);
        _exchanges = [.. path.Servers.Select(server => new ServerExchange(server, path.Mode, timeout, _time, _meters))];
        var checks = path.Mode == DnssecMode.Validate ? ServerCheck.For(path, _options) : [];
        _upstream = new Upstream([.. _exchanges.Select((exchange, at) => new UpstreamServer(exchange, checks, _time) { Place = at + 1 })], attempts);
        _desk = new QuestionDesk(_options, path, _upstream, _time, _meters);
    }

    /// <summary>The servers, whether their AD bit is believed and why. Print it at start: <see cref="ResolverPath.ToString"/> is one line.</summary>
    public ResolverPath Path { get; }

    /// <summary>Asks every server whether it is good for what is asked of it. Made to be run at start, and its lines printed: <see cref="ServerProbe.ToString"/>.</summary>
    /// <remarks>
    /// Where answers are validated here it is asked for the keys of the root, or where that has no trust anchor of the first anchor's zone, which must come with signatures, and for TLSA records where that zone
    /// begins, which there are none of, and which must be denied by NSEC or NSEC3 records; where its AD bit is believed for the
    /// name servers of <see cref="DnssecResolverOptions.ProbeName"/>, which it must call authentic; elsewhere for the same, and must answer. Each server is asked once, within its time limit;
    /// nothing is taken from the cache. A server that strips DNSSEC records is then asked last for five minutes, as it is when a lookup finds it out.
    /// </remarks>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The findings, in the order of the servers.</returns>
    public async ValueTask<IReadOnlyList<ServerProbe>> ProbeAsync(CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_desk.Stopping, cancellationToken);
        try
        {
            return await _upstream.ProbeAsync(ServerCheck.For(Path, _options), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(DnssecResolver));
        }
    }

    /// <summary>Looks at the keys of the trust anchors' zones, those whose time has come, and follows their changes (RFC 5011). To be called again and again, after <see cref="TrustAnchorUpdate.Next"/>.</summary>
    /// <remarks>
    /// Where answers are validated here and there is a <see cref="DnssecResolverOptions.TrustAnchorStore"/>; elsewhere it does nothing. A new key becomes a trust anchor after
    /// thirty days in which every look showed it, signed for by an anchor; a revoked one ends at once, with all that was proven by it. Doubt changes nothing: keys that cannot be
    /// had, or that no anchor signed for, leave the anchors as they are. A zone whose anchors are all revoked has none (RFC 5011 §5). A store that cannot be read fails
    /// every lookup until it can.
    /// </remarks>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>What was found.</returns>
    public async ValueTask<TrustAnchorUpdate> UpdateTrustAnchorsAsync(CancellationToken cancellationToken = default)
    {
        if (_desk.Tracker is not { } tracker)
            return new([], [], [], Timeout.InfiniteTimeSpan);
        using var limit = new CancellationTokenSource(_options.LookupTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_desk.Stopping, limit.Token, cancellationToken);
        try
        {
            return await tracker.UpdateAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested && !_desk.Stopping.IsCancellationRequested)
        {
            return new([], [], ["the keys of the trust anchors were not looked at in time"], RolloverTimes.Retry(TimeSpan.Zero, TimeSpan.Zero));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(DnssecResolver));
        }
    }

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<MxRecord>> GetMxAsync(DomainName name, CancellationToken cancellationToken = default) =>
        LookUpAsync(Named(name), RecordShapes.Mx, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<IPAddress>> GetAAsync(DomainName name, CancellationToken cancellationToken = default) =>
        LookUpAsync(Named(name), RecordShapes.A, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<IPAddress>> GetAaaaAsync(DomainName name, CancellationToken cancellationToken = default) =>
        LookUpAsync(Named(name), RecordShapes.Aaaa, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<DomainName>> GetCnameAsync(DomainName name, CancellationToken cancellationToken = default) =>
        LookUpAsync(Named(name), RecordShapes.Cname, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<string>> GetTxtAsync(DomainName name, CancellationToken cancellationToken = default) =>
        LookUpAsync(Named(name), RecordShapes.Txt, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<DomainName>> GetPtrAsync(DomainName name, CancellationToken cancellationToken = default) =>
        LookUpAsync(Named(name), RecordShapes.Ptr, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<TlsaRecord>> GetTlsaAsync(DomainName owner, CancellationToken cancellationToken = default) =>
        LookUpAsync(Named(owner), RecordShapes.Tlsa, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<DomainName>> GetNsAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        LookUpAsync(zone, ZoneRecordShapes.Ns, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<SrvRecord>> GetSrvAsync(DomainName owner, CancellationToken cancellationToken = default) =>
        LookUpAsync(Named(owner), ZoneRecordShapes.Srv, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<SoaRecord>> GetSoaAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        LookUpAsync(zone, ZoneRecordShapes.Soa, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<DsRecord>> GetDsAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        LookUpAsync(Named(zone), ZoneRecordShapes.Ds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<DnskeyRecord>> GetDnskeyAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        LookUpAsync(zone, ZoneRecordShapes.Dnskey, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<DnsRecord>> GetRawAsync(DomainName name, ushort type, CancellationToken cancellationToken = default) => ZoneRecordShapes.CanAskFor(type)
        ? LookUpAsync(name, ZoneRecordShapes.Raw(type), cancellationToken)
        : throw new ArgumentOutOfRangeException(nameof(type), "No zone has records of this type to ask for.");

    /// <summary>Ends every lookup on its way with an <see cref="ObjectDisposedException"/>, and forgets what is kept.</summary>
    public void Dispose()
    {
        _desk.Dispose();
        foreach (var exchange in _exchanges)
            exchange.Dispose();
        _meters.Dispose();
    }

    // The empty name is the root where the root has records to ask for; elsewhere somebody forgot the name.
    private static DomainName Named(DomainName name) => name.IsEmpty ? throw new ArgumentException("There is no name to look up.", nameof(name)) : name;

    // The common case in one step: what is kept and leads nowhere costs its result, and nothing for the waiting that is not done.
    private ValueTask<DnsAnswer<T>> LookUpAsync<T>(DomainName name, RecordShape<T> shape, CancellationToken cancellationToken)
    {
        var question = shape.QuestionFor(name);
        if (cancellationToken.IsCancellationRequested || DnssecMeters.Activities.HasListeners() || !_desk.TryGetKept<T>(question, out var kept, out var ttl))
            return WalkAsync(question, shape, cancellationToken);
        var start = _time.GetTimestamp();
        var answer = kept switch
        {
            DnsAnswer<T>.Found found => found with { Ttl = ttl },
            DnsAnswer<T>.Absent absent => absent with { Ttl = ttl },
            _ => kept,
        };
        _meters.LookedUp(question, answer, _time.GetElapsedTime(start), activity: null);
        return new(answer);
    }

    private async ValueTask<DnsAnswer<T>> WalkAsync<T>(Question question, RecordShape<T> shape, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var activity = DnssecMeters.Activities.StartActivity("dns.lookup");
        var start = _time.GetTimestamp();
        var answer = await new AliasWalk<T>(_desk, question, shape, _options, _time).RunAsync(cancellationToken).ConfigureAwait(false);
        _meters.LookedUp(question, answer, _time.GetElapsedTime(start), activity);
        return answer;
    }
}
