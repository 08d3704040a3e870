using System.Collections.Concurrent;
using System.Net;
using Mail.Security.Dnssec;

namespace Mail.Security.Testing;

/// <summary>A DNS server on loopback with zones that are signed at run time. It answers as a recursive server that validates nothing, and departs from that at will.</summary>
/// <remarks>
/// There is a signed root zone from the start; its keys are <see cref="TrustAnchors"/>. Every zone is added below the nearest one there is.
/// Answers carry signatures and proofs of absence for those who ask for them (RFC 4035 §3.1); the AD bit is never set. Aliases are followed to their end.
/// <code>
/// await using var server = new SignedDnsServer();
/// server.AddZone("example.com", new SignedZoneOptions { Denial = SignedZoneDenial.Nsec3 })
///     .Add("example.com", DnsRecordType.Mx, "10 mx.example.com")
///     .Add("mx.example.com", DnsRecordType.A, "192.0.2.1");
/// server.Depart("mx.example.com", DnsRecordType.A, new SignedAnswerFault.Resigned(SignatureChange.Expired(TimeSpan.FromDays(1))));
/// using var resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [server.EndPoint], Mode = DnssecMode.Validate, TrustAnchors = server.TrustAnchors });
/// </code>
/// Safe for use by many callers at once; zones and departures may change while it runs.
/// </remarks>
public sealed class SignedDnsServer : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<ZoneName, SignedZone> _zones = new();
    private readonly ConcurrentDictionary<(ZoneName Name, DnsRecordType Type), SignedAnswerFault[]> _faults = new();
    private readonly ConcurrentQueue<DnsServerQuery> _queries = new();
    private readonly DnsListener _listener;
    private volatile SignedAnswerFault[] _always = [];

    /// <summary>Starts a server.</summary>
    /// <param name="root">How the root zone is signed; null for the defaults.</param>
    /// <param name="time">The clock by which signatures are made; null for the system's.</param>
    /// <param name="listen">A loopback address and a port, zero for one that is free; null for 127.0.0.1 and a free port.</param>
    /// <exception cref="ArgumentException">The address is not a loopback address.</exception>
    public SignedDnsServer(SignedZoneOptions? root = null, TimeProvider? time = null, IPEndPoint? listen = null)
    {
        listen ??= new IPEndPoint(IPAddress.Loopback, 0);
        if (!IPAddress.IsLoopback(listen.Address))
            throw new ArgumentException("The test server listens on loopback only.", nameof(listen));
        _time = time ?? TimeProvider.System;
        Root = new SignedZone(ZoneName.Parse("."), root ?? new SignedZoneOptions());
        _zones[Root.Apex] = Root;
        _listener = new DnsListener(listen, AnswerAsync);
    }

    /// <summary>The address and port it listens on, UDP and TCP.</summary>
    public IPEndPoint EndPoint => _listener.EndPoint;

    /// <summary>The root zone.</summary>
    public SignedZone Root { get; }

    /// <summary>The keys of the root zone that sign its keys, as trust anchors.</summary>
    public IReadOnlyList<TrustAnchor> TrustAnchors => AnchorsOf(Root);

    /// <summary>How names are written. Default: compressed, as real servers do.</summary>
    public DnsNameCompression Compression { get; set; }

    /// <summary>Every question that could be read so far, in order.</summary>
    public IReadOnlyList<DnsServerQuery> Queries => [.. _queries];

    /// <summary>The keys of a zone that sign its keys, as trust anchors.</summary>
    /// <param name="zone">The zone.</param>
    /// <returns>One for each key and type of digest.</returns>
    public static IReadOnlyList<TrustAnchor> AnchorsOf(SignedZone zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var name = zone.Apex.Labels == 0 ? default : DomainName.ParseLax(zone.Name);
        return [.. zone.Keys.Where(static one => one.Use == DnssecKeyUse.Keys).SelectMany(one => zone.Options.DigestTypes.Select(type =>
            new TrustAnchor(name, (ushort)one.Key.Tag, (byte)one.Key.Algorithm, (byte)type, one.Key.ToDelegationSigner(zone.Name, type).AsMemory(4))))];
    }

    /// <summary>Adds a zone, and its delegation to the nearest zone above.</summary>
    /// <param name="name">The name.</param>
    /// <param name="options">How it is signed; null for the defaults.</param>
    /// <returns>The zone, to be filled.</returns>
    public SignedZone AddZone(string name, SignedZoneOptions? options = null)
    {
        var zone = new SignedZone(ZoneName.Parse(name), options ?? new SignedZoneOptions());
        var above = zone.Apex.Parent;
        while (!_zones.ContainsKey(above))
            above = above.Parent;
        _zones[zone.Apex] = zone;
        _zones[above].AddChild(zone);
        return zone;
    }

    /// <summary>Makes the answers to one question wrong, in place of earlier departures.</summary>
    /// <param name="name">The name in the question.</param>
    /// <param name="type">The type in the question.</param>
    /// <param name="faults">The departures, applied in this order; none heals.</param>
    /// <returns>This object.</returns>
    public SignedDnsServer Depart(string name, DnsRecordType type, params SignedAnswerFault[] faults)
    {
        _faults[(ZoneName.Parse(name), type)] = [.. faults];
        return this;
    }

    /// <summary>Makes the answers to every question wrong, before what is said of single ones.</summary>
    /// <param name="faults">The departures, applied in this order; none heals.</param>
    /// <returns>This object.</returns>
    public SignedDnsServer DepartAlways(params SignedAnswerFault[] faults)
    {
        _always = [.. faults];
        return this;
    }

    /// <summary>The answer to a question as it would be sent, departures included.</summary>
    /// <param name="name">The name in the question.</param>
    /// <param name="type">The type in the question.</param>
    /// <returns>The answer.</returns>
    public SignedDnsAnswer Answer(string name, DnsRecordType type) => Answer(ZoneName.Parse(name), type);

    /// <summary>The record by which a zone says which types a name has, with its signature: what is replayed to deny something else.</summary>
    /// <param name="zone">The zone: of a name where a zone begins, that zone or the one above it.</param>
    /// <param name="name">The name; of one that does not exist, the records that say so.</param>
    /// <returns>NSEC or NSEC3 records, each with its signature behind it; empty where the zone is not signed.</returns>
    public IReadOnlyList<SignedDnsRecord> Denial(SignedZone zone, string name)
    {
        ArgumentNullException.ThrowIfNull(zone);
        return new SignedAnswerBuilder(_zones, _time.GetUtcNow()).Denial(zone, ZoneName.Parse(name));
    }

    /// <summary>Stops listening.</summary>
    /// <returns>When all is over.</returns>
    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private SignedDnsAnswer Answer(ZoneName name, DnsRecordType type)
    {
        var now = _time.GetUtcNow();
        var changer = new SignedAnswerChanger(_zones, now);
        return _always.Concat(_faults.GetValueOrDefault((name, type), [])).Aggregate(new SignedAnswerBuilder(_zones, now).Build(name, type), changer.Depart);
    }

    private ValueTask<DnsServerReply?> AnswerAsync(DnsServerQuestion question, DnsTransport transport, CancellationToken cancellationToken)
    {
        _queries.Enqueue(new DnsServerQuery(question.Name, question.Type, transport, question.Message));
        var answer = Answer(ZoneName.Read(question.Section), question.Type);
        return new(new DnsServerReply(SignedAnswerWriter.Write(question, answer, transport, Compression), DnsServerEnding.Whole));
    }
}
