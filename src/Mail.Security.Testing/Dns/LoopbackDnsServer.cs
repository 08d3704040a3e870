using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Testing;

/// <summary>A DNS server on loopback that answers as a validating resolver would, from the data given to it, over UDP and TCP, and departs from that at will.</summary>
/// <remarks>
/// The AD bit is set where every RRset of the answer is secure. Denials have an SOA, owned by the nearest zone above
/// (<see cref="DnsTestWorld{TSelf}.AddZone"/>) or the root. Answers above the size the question allows are truncated over UDP.
/// There are no signatures: a client that validates by itself finds none.
/// <code>
/// await using var server = new LoopbackDnsServer()
///     .AddMx("example.com", 10, "mx.example.com")
///     .AddAddress("mx.example.com", "127.0.0.2")
///     .Misbehave("bad.example", DnsRecordType.Mx, new DnsServerFault.ResponseCode(2, new ExtendedDnsError(6, "no signature")));
/// using var resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [server.EndPoint] });
/// </code>
/// Safe for use by many callers at once; the data may change while it runs.
/// </remarks>
public sealed class LoopbackDnsServer : DnsTestWorld<LoopbackDnsServer>, IAsyncDisposable
{
    private readonly ConcurrentDictionary<(DomainName Name, DnsRecordType Type), DnsServerFault[]> _faults = new();
    private readonly Lock _lock = new();
    private readonly List<DnsServerQuery> _queries = [];
    private TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DnsListener _listener;

    /// <summary>Starts a server.</summary>
    /// <param name="listen">A loopback address and a port, zero for one that is free; null for 127.0.0.1 and a free port.</param>
    /// <exception cref="ArgumentException">The address is not a loopback address.</exception>
    /// <exception cref="SocketException">The port is taken.</exception>
    public LoopbackDnsServer(IPEndPoint? listen = null)
    {
        listen ??= new IPEndPoint(IPAddress.Loopback, 0);
        if (!IPAddress.IsLoopback(listen.Address))
            throw new ArgumentException("The test server listens on loopback only.", nameof(listen));
        _listener = new DnsListener(listen, AnswerAsync);
    }

    /// <summary>The address and port it listens on, UDP and TCP.</summary>
    public IPEndPoint EndPoint => _listener.EndPoint;

    /// <summary>The time to live of every record. Default: five minutes.</summary>
    public TimeSpan Ttl { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The time to live of every denial: the TTL of its SOA (RFC 2308 §5). Default: one minute.</summary>
    public TimeSpan NegativeTtl { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How far aliases are followed in one answer. Default: the whole chain.</summary>
    public DnsAliasAnswers Aliases { get; set; }

    /// <summary>How names are written. Default: compressed, as real servers do.</summary>
    public DnsNameCompression Compression { get; set; }

    /// <summary>Every question that could be read so far, in order.</summary>
    public IReadOnlyList<DnsServerQuery> Queries
    {
        get
        {
            lock (_lock)
                return [.. _queries];
        }
    }

    /// <summary>How often a question came, over both transports.</summary>
    /// <param name="name">The name in the question.</param>
    /// <param name="type">The type in the question.</param>
    /// <returns>The number of messages.</returns>
    public int CountOf(string name, DnsRecordType type)
    {
        var asked = DomainName.ParseLax(name);
        lock (_lock)
            return _queries.Count(query => query.Name == asked && query.Type == type);
    }

    /// <summary>Waits until a question has come so often.</summary>
    /// <param name="name">The name in the question.</param>
    /// <param name="type">The type in the question.</param>
    /// <param name="count">How often, from the start of the server.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>When it has; the answer may not have been sent yet.</returns>
    public async Task WaitForQueryAsync(string name, DnsRecordType type, int count = 1, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task next;
            lock (_lock)
                next = _asked.Task;
            if (CountOf(name, type) >= count)
                return;
            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the answers to one question wrong, in place of earlier faults.</summary>
    /// <param name="name">The name in the question.</param>
    /// <param name="type">The type in the question.</param>
    /// <param name="faults">The departures, applied in this order.</param>
    /// <returns>This object.</returns>
    public LoopbackDnsServer Misbehave(string name, DnsRecordType type, params DnsServerFault[] faults)
    {
        _faults[(DomainName.ParseLax(name), type)] = [.. faults];
        return this;
    }

    /// <summary>Takes back <see cref="Misbehave"/>.</summary>
    /// <param name="name">The name in the question.</param>
    /// <param name="type">The type in the question.</param>
    /// <returns>This object.</returns>
    public LoopbackDnsServer Heal(string name, DnsRecordType type)
    {
        _faults.TryRemove((DomainName.ParseLax(name), type), out _);
        return this;
    }

    /// <summary>Stops listening and breaks every connection that is left.</summary>
    /// <returns>When all is over.</returns>
    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private IEnumerable<DnsServerFault> Faults(DnsServerQuestion question, DnsTransport transport) =>
        _faults.GetValueOrDefault((question.Name, question.Type), [])
            .Where(fault => fault is not DnsServerFault.Only only || only.Transport == transport)
            .Select(fault => fault is DnsServerFault.Only(_, var inner) ? inner : fault);

    private void Record(DnsServerQuery query)
    {
        TaskCompletionSource asked;
        lock (_lock)
        {
            _queries.Add(query);
            (asked, _asked) = (_asked, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        asked.SetResult();
    }

    private async ValueTask<DnsServerReply?> AnswerAsync(DnsServerQuestion question, DnsTransport transport, CancellationToken cancellationToken)
    {
        Record(new DnsServerQuery(question.Name, question.Type, transport, question.Message));
        var answer = new DnsAnswerBuilder(Table, Ttl, NegativeTtl, Aliases, Compression).Build(question, transport);
        var (octets, ending) = ((byte[]?)null, DnsServerEnding.Whole);
        foreach (var fault in Faults(question, transport))
        {
            switch (fault)
            {
                case DnsServerFault.Silence:
                    return null;
                case DnsServerFault.Delay(var time):
                    await Task.Delay(time, TimeProvider.System, cancellationToken).ConfigureAwait(false);
                    break;
                case DnsServerFault.HoldUntil(var signal):
                    await signal.WaitAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case DnsServerFault.BrokenConnection:
                    ending = DnsServerEnding.Broken;
                    break;
                case DnsServerFault.Rewritten(var change):
                    octets = change(octets ?? answer.Write());
                    break;
                case DnsServerFault.Garbage:
                    octets = DnsAnswerBuilder.Garble(answer.Write());
                    break;
                default:
                    (answer, octets) = (DnsAnswerBuilder.Depart(answer, fault, transport), null);
                    break;
            }
        }
        return new DnsServerReply(octets ?? answer.Write(), ending);
    }
}
