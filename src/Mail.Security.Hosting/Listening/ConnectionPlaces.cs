using System.Net;

namespace Mail.Security.Hosting;

/// <summary>Counts connections: in all, by client, by network, and by client within a time. Safe for use by several threads.</summary>
internal sealed class ConnectionPlaces
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _byClient = [];
    private readonly Dictionary<IPAddress, int> _byNetwork = [];
    private readonly AddressPrefixes _prefixes;
    private readonly FadingCounts<IPAddress>? _rates;
    private readonly int _max;
    private readonly int _maxPerClient;
    private readonly int _maxPerNetwork;
    private readonly int _maxRate;
    private int _taken;

    public ConnectionPlaces(SmtpListenerOptions options, int max, TimeProvider time)
    {
        (_max, _maxPerClient, _maxPerNetwork, _maxRate) = (max, options.MaxConnectionsPerAddress, options.EffectiveMaxPerNetwork, options.MaxConnectionRatePerAddress);
        _prefixes = new(options);
        if (_maxRate > 0)
            _rates = new(options.ConnectionRateWindow, time);
    }

    /// <summary>How many distinct clients are counted now.</summary>
    public int Clients
    {
        get
        {
            lock (_lock)
                return _byClient.Count;
        }
    }

    /// <summary>Takes a place among all; when admitted, <see cref="Leave"/> gives it back.</summary>
    public ConnectionVerdict Enter()
    {
        lock (_lock)
        {
            if (_taken >= _max)
                return ConnectionVerdict.TooMany;
            _taken++;
            return ConnectionVerdict.Admitted;
        }
    }

    public void Leave()
    {
        lock (_lock)
            _taken--;
    }

    /// <summary>Takes a place of a client's; when admitted, <see cref="LeaveAs"/> gives it back.</summary>
    public ConnectionVerdict EnterAs(IPAddress? address)
    {
        var (client, network) = (_prefixes.Client(address), _prefixes.Network(address));
        lock (_lock)
        {
            var (mine, ours) = (_byClient.GetValueOrDefault(client), _byNetwork.GetValueOrDefault(network));
            if (mine >= _maxPerClient)
                return ConnectionVerdict.TooManyFromAddress;
            if (ours >= _maxPerNetwork)
                return ConnectionVerdict.TooManyFromNetwork;
            if (_rates?.Of(client) >= _maxRate)
                return ConnectionVerdict.TooFast;
            _rates?.Add(client);        // only who is admitted, so that one who asks too often still gets its share
            (_byClient[client], _byNetwork[network]) = (mine + 1, ours + 1);
            return ConnectionVerdict.Admitted;
        }
    }

    public void LeaveAs(IPAddress? address)
    {
        lock (_lock)
        {
            Remove(_byClient, _prefixes.Client(address));
            Remove(_byNetwork, _prefixes.Network(address));
        }
    }

    private static void Remove(Dictionary<IPAddress, int> counts, IPAddress key)
    {
        if (--counts[key] == 0)
            counts.Remove(key);
    }
}
