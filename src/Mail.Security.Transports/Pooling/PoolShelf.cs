namespace Mail.Security.Transports;

/// <summary>The places of a pool, the idle sessions and the row of callers: who gets what. Opens and closes nothing.</summary>
/// <remarks>
/// At any time nobody is in the row who could be served: whatever frees a place or brings a session serves the row first, the longest waiting first. So who
/// comes new and finds something takes it from nobody.
/// </remarks>
internal sealed class PoolShelf(int mostPerHost, int mostInAll)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<PoolHost, HostPlaces> _hosts = [];
    private readonly LinkedList<PooledConnection> _idle = [];       // the longest idle first
    private readonly LinkedList<PoolWaiter> _row = [];              // the longest waiting first
    private int _taken;
    private bool _isClosed;
    private bool _isWatched;                                        // somebody will come and take what has expired

    /// <summary>Places taken, sessions idle, callers waiting, and hosts known of.</summary>
    public (int Taken, int Idle, int Waiting, int Hosts) Count
    {
        get
        {
            lock (_lock)
                return (_taken, _idle.Count, _row.Count, _hosts.Count);
        }
    }

    /// <summary>Serves a caller at once, or puts it into the row.</summary>
    public void Enter(PoolWaiter waiter)
    {
        lock (_lock)
        {
            var places = PlacesOf(waiter.Key.Host);
            if (_isClosed)
                waiter.Serve(new PoolGrant(null, null, IsClosed: true));
            else if (places.Waiting == 0 && Grant(waiter, places) is { } grant)
                waiter.Serve(grant);
            else
                (waiter.Node, places.Waiting) = (_row.AddLast(waiter), places.Waiting + 1);
            Forget(waiter.Key.Host, places);
        }
    }

    /// <summary>Takes a caller out of the row, and says why it was in it; null when it has been served meanwhile.</summary>
    public SmtpPoolLimit? Leave(PoolWaiter waiter)
    {
        lock (_lock)
        {
            if (waiter.Node is null)
                return null;
            var places = Remove(waiter);
            var limit = places.Taken >= mostPerHost ? SmtpPoolLimit.Host : SmtpPoolLimit.All;
            Forget(waiter.Key.Host, places);
            return limit;
        }
    }

    /// <summary>Puts a session that nobody uses on the shelf, in its place.</summary>
    /// <param name="connection">The session.</param>
    /// <param name="watch">Nobody watches over what expires; the caller is to see to it.</param>
    /// <returns>False when the pool has ended.</returns>
    public bool Shelve(PooledConnection connection, out bool watch)
    {
        lock (_lock)
        {
            watch = false;
            if (_isClosed)
                return false;
            connection.Node = _idle.AddLast(connection);
            _hosts[connection.Key.Host].Idle.Add(connection);
            ServeRow();
            watch = !_isWatched && _idle.Count > 0;
            _isWatched |= watch;
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Free(PoolHost host)
    {
        lock (_lock)
        {
            _taken--;
            FreeAtHost(host);
        }
    }

    /// <summary>Says that an evicted session is closed: its place went to another caller, and now its host has one more.</summary>
    public void FreeEvicted(PooledConnection evicted)
    {
        lock (_lock)
            FreeAtHost(evicted.Key.Host);
    }

    /// <summary>Takes the idle sessions that have expired off the shelf; their places are taken until they are given back.</summary>
    /// <param name="hasExpired">Which.</param>
    /// <param name="next">When the next one expires; null when none is left, and nobody need come again.</param>
    public List<PooledConnection> TakeExpired(Func<PooledConnection, bool> hasExpired, out TimeSpan? next)
    {
        lock (_lock)
        {
            var expired = _idle.Where(hasExpired).ToList();
            expired.ForEach(TakeOff);
            next = _idle.Count == 0 ? null : _idle.Min(static connection => connection.IdleUntil);
            _isWatched = next is not null;
            return expired;
        }
    }

    /// <summary>Ends the pool: sends everybody in the row away, and hands out what is idle.</summary>
    public List<PooledConnection> Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            while (_row.First is { Value: var waiter })
            {
                Forget(waiter.Key.Host, Remove(waiter));
                waiter.Serve(new PoolGrant(null, null, IsClosed: true));
            }
            var idle = _idle.ToList();
            idle.ForEach(TakeOff);
            return idle;
        }
    }

    private void FreeAtHost(PoolHost host)
    {
        var places = _hosts[host];
        places.Taken--;
        ServeRow();
        Forget(host, places);
    }

    private void ServeRow()
    {
        for (var node = _row.First; node is not null;)
        {
            var (waiter, next) = (node.Value, node.Next);
            if (Grant(waiter, PlacesOf(waiter.Key.Host)) is { } grant)
            {
                Remove(waiter);
                waiter.Serve(grant);
            }
            node = next;
        }
    }

    private PoolGrant? Grant(PoolWaiter waiter, HostPlaces places)
    {
        if (places.Idle.FindLast(waiter.Wants) is { } wanted)       // the one used last: the others may grow old
        {
            TakeOff(wanted);
            return new PoolGrant(wanted, null, IsClosed: false);
        }
        if (places.Taken < mostPerHost && _taken < mostInAll)
        {
            places.Taken++;
            _taken++;
            return default(PoolGrant);
        }
        // An idle session that this caller cannot use gives up its place: of the host where the host is full, else the longest idle of all.
        var evicted = places.Taken >= mostPerHost ? places.Idle.FirstOrDefault() : _idle.First?.Value;
        if (evicted is null)
            return null;
        TakeOff(evicted);
        places.Taken++;
        return new PoolGrant(null, evicted, IsClosed: false);
    }

    private void TakeOff(PooledConnection connection)
    {
        _idle.Remove(connection.Node!);
        connection.Node = null;
        _hosts[connection.Key.Host].Idle.Remove(connection);
    }

    private HostPlaces Remove(PoolWaiter waiter)
    {
        _row.Remove(waiter.Node!);
        waiter.Node = null;
        var places = _hosts[waiter.Key.Host];
        places.Waiting--;
        return places;
    }

    private HostPlaces PlacesOf(PoolHost host)
    {
        if (!_hosts.TryGetValue(host, out var places))
            _hosts.Add(host, places = new HostPlaces());
        return places;
    }

    private void Forget(PoolHost host, HostPlaces places)
    {
        if (places is { Taken: 0, Waiting: 0 })
            _hosts.Remove(host);
    }

    private sealed class HostPlaces
    {
        public int Taken { get; set; }

        public int Waiting { get; set; }

        public List<PooledConnection> Idle { get; } = [];          // the longest idle first
    }
}
