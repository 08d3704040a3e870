using System.Collections.Concurrent;
using System.Net;
using Mail.Security.Dnssec;

namespace Mail.Security.Testing;

/// <summary>A resolver without a network: answers from the data given to it, with security states and failures at will.</summary>
/// <remarks>
/// <code>
/// var resolver = new InMemoryResolver()
///     .AddMx("example.com", 10, "mx.example.com")
///     .AddAddress("mx.example.com", "192.0.2.1")
///     .AddTlsa("_25._tcp.mx.example.com", "3 1 1 ab12")
///     .AddZone("unsigned.example", DnsSecurity.Insecure)
///     .Fail("_25._tcp.bad.example.com", DnsRecordType.Tlsa, DnsFailure.Bogus, new ExtendedDnsError(6, ""));
/// </code>
/// Safe for use by many callers at once.
/// </remarks>
public sealed class InMemoryResolver : DnsTestWorld<InMemoryResolver>, IDnssecResolver
{
    private readonly ConcurrentDictionary<(DomainName Name, DnsRecordType Type), DnsAnswerFault> _faults = new();
    private readonly ConcurrentQueue<(DomainName Name, DnsRecordType Type)> _queries = new();

    /// <summary>The time to live of every answer. Default: five minutes.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many aliases in a row are followed. Default: 10.</summary>
    public int MaxAliases { get; init; } = 10;

    /// <summary>Every question asked so far, in order, as the caller asked it.</summary>
    public IReadOnlyList<(DomainName Name, DnsRecordType Type)> Queries => [.. _queries];

    /// <summary>How often a question was asked.</summary>
    /// <param name="name">The name in the question.</param>
    /// <param name="type">The type in the question.</param>
    /// <returns>The number of lookups.</returns>
    public int CountOf(string name, DnsRecordType type) => _queries.Count(query => query == (DomainName.ParseLax(name), type));

    /// <summary>Makes lookups of one type fail where they meet the name, directly or through an alias.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type">The type of the lookup.</param>
    /// <param name="reason">The failure to report.</param>
    /// <param name="error">The extended error to report.</param>
    /// <returns>This object.</returns>
    public InMemoryResolver Fail(string name, DnsRecordType type, DnsFailure reason, ExtendedDnsError? error = null)
    {
        _faults[(DomainName.ParseLax(name), type)] = new DnsAnswerFault(reason, error);
        return this;
    }

    /// <summary>Makes lookups of one type wait until the caller cancels where they meet the name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type">The type of the lookup.</param>
    /// <returns>This object.</returns>
    public InMemoryResolver Hang(string name, DnsRecordType type)
    {
        _faults[(DomainName.ParseLax(name), type)] = new DnsAnswerFault(null, null);
        return this;
    }

    /// <summary>Takes back <see cref="Fail"/> or <see cref="Hang"/>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type">The type of the lookup.</param>
    /// <returns>This object.</returns>
    public InMemoryResolver Heal(string name, DnsRecordType type)
    {
        _faults.TryRemove((DomainName.ParseLax(name), type), out _);
        return this;
    }

    /// <inheritdoc/>
    public async ValueTask<DnsAnswer<MxRecord>> GetMxAsync(DomainName name, CancellationToken cancellationToken = default)
    {
        var answer = await AnswerAsync<MxRecord>(Named(name), DnsRecordType.Mx, cancellationToken).ConfigureAwait(false);
        if (answer is not DnsAnswer<MxRecord>.Found found || found.Records.Count == 1)
            return answer;
        // As the real resolver: a null MX beside others is not one (RFC 7505 §3).
        var hosts = found.Records.Where(record => !record.IsNullMx).OrderBy(record => record.Preference).ToArray();
        return found with { Records = hosts.Length > 0 ? hosts : [found.Records[0]] };
    }

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<IPAddress>> GetAAsync(DomainName name, CancellationToken cancellationToken = default) =>
        AnswerAsync<IPAddress>(Named(name), DnsRecordType.A, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<IPAddress>> GetAaaaAsync(DomainName name, CancellationToken cancellationToken = default) =>
        AnswerAsync<IPAddress>(Named(name), DnsRecordType.Aaaa, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<DomainName>> GetCnameAsync(DomainName name, CancellationToken cancellationToken = default) =>
        AnswerAsync<DomainName>(Named(name), DnsRecordType.Cname, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<string>> GetTxtAsync(DomainName name, CancellationToken cancellationToken = default) =>
        AnswerAsync<string>(Named(name), DnsRecordType.Txt, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<DomainName>> GetPtrAsync(DomainName name, CancellationToken cancellationToken = default) =>
        AnswerAsync<DomainName>(Named(name), DnsRecordType.Ptr, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<TlsaRecord>> GetTlsaAsync(DomainName owner, CancellationToken cancellationToken = default) =>
        AnswerAsync<TlsaRecord>(Named(owner), DnsRecordType.Tlsa, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<DomainName>> GetNsAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        AnswerAsync<DomainName>(zone, DnsRecordType.Ns, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<DnsAnswer<SrvRecord>> GetSrvAsync(DomainName owner, CancellationToken cancellationToken = default)
    {
        var answer = await AnswerAsync<SrvRecord>(Named(owner), DnsRecordType.Srv, cancellationToken).ConfigureAwait(false);
        if (answer is not DnsAnswer<SrvRecord>.Found found || found.Records.Count == 1)
            return answer;
        // As the real resolver: that there is no service, beside others, says nothing.
        var places = found.Records.Where(static record => !record.IsUnavailable).OrderBy(static record => record.Priority).ToArray();
        return found with { Records = places.Length > 0 ? places : [found.Records[0]] };
    }

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<SoaRecord>> GetSoaAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        AnswerAsync<SoaRecord>(zone, DnsRecordType.Soa, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<DsRecord>> GetDsAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        AnswerAsync<DsRecord>(Named(zone), DnsRecordType.Ds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<DnskeyRecord>> GetDnskeyAsync(DomainName zone, CancellationToken cancellationToken = default) =>
        AnswerAsync<DnskeyRecord>(zone, DnsRecordType.Dnskey, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<DnsRecord>> GetRawAsync(DomainName name, ushort type, CancellationToken cancellationToken = default) => type is 0 or 41 or 46 or (>= 128 and <= 255)
        ? throw new ArgumentOutOfRangeException(nameof(type), "No zone has records of this type to ask for.")
        : AnswerAsync(name, (DnsRecordType)type, (owner, record) => new DnsRecord(owner, type, record.Data), cancellationToken);

    // As the real resolver: the empty name is the root where the root has records to ask for.
    private static DomainName Named(DomainName name) => name.IsEmpty ? throw new ArgumentException("There is no name to look up.", nameof(name)) : name;

    private ValueTask<DnsAnswer<T>> AnswerAsync<T>(DomainName name, DnsRecordType type, CancellationToken cancellationToken) =>
        AnswerAsync(name, type, static (_, record) => (T)record.Value, cancellationToken);

    private async ValueTask<DnsAnswer<T>> AnswerAsync<T>(DomainName name, DnsRecordType type, Func<DomainName, ZoneRecord, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _queries.Enqueue((name, type));
        var answer = Table.Resolve(name, type, MaxAliases);
        var hops = answer.Aliases.Select(set => new AliasHop(set.Owner, (DomainName)set.Records[0].Value)).ToArray();
        foreach (var visited in hops.Select(hop => hop.Target).Prepend(name))
        {
            if (!_faults.TryGetValue((visited, type), out var fault))
                continue;
            if (fault.Reason is { } reason)
                return new DnsAnswer<T>.Failed(reason, fault.Error, $"{visited} {type}: {reason} (injected)");
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        return answer switch
        {
            { Chain: ZoneChain.Loop } => new DnsAnswer<T>.Failed(DnsFailure.AliasLoop, null, $"{name} {type}: the aliases of {name} form a loop"),
            { Chain: ZoneChain.TooLong } => new DnsAnswer<T>.Failed(DnsFailure.AliasLimit, null, $"{name} {type}: more than {MaxAliases} aliases"),
            { Records: { } set } => new DnsAnswer<T>.Found([.. set.Records.Select(record => read(set.Owner, record))], answer.End, answer.Security, Ttl, hops),
            _ => new DnsAnswer<T>.Absent(answer.Absence, answer.End, answer.Security, Ttl, hops),
        };
    }

    private sealed record DnsAnswerFault(DnsFailure? Reason, ExtendedDnsError? Error);
}
