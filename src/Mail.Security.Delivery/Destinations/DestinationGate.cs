namespace Mail.Security.Delivery;

/// <summary>Keeps to the limits of destination policies: how many attempts run, and how many were made.</summary>
/// <remarks>It remembers in memory, by the domains of the policy: routes that are replaced do not forget, a process that starts anew does.</remarks>
internal sealed class DestinationGate(TimeProvider time)
{
    // When a place becomes free is not known; whoever holds it is done in less than that as a rule.
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Destination> _destinations = new(StringComparer.Ordinal);

    /// <summary>Enters, or says when to come again.</summary>
    public (IDisposable? Place, DateTimeOffset Until) TryEnter(DestinationPolicy policy)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var key = string.Join(' ', policy.Domains);
            if (!_destinations.TryGetValue(key, out var destination))
                _destinations.Add(key, destination = new Destination());
            if (policy.MaxConnections is { } most && destination.Running >= most)
                return (null, now + Pause);
            if (policy.Rate is { } rate && destination.NextTurn(rate, now) is var turn && turn > now)
                return (null, turn);
            if (policy.Rate is not null)
                destination.Made.Enqueue(now);
            destination.Running++;
            return (new Place(this, destination), now);
        }
    }

    private sealed class Destination
    {
        private DateTimeOffset _promised;

        public int Running { get; set; }

        public Queue<DateTimeOffset> Made { get; } = [];

        // Never more than the rate in any period. Who has to wait gets a turn of his own, so that they do not all come again at once.
        public DateTimeOffset NextTurn(MessageRate rate, DateTimeOffset now)
        {
            while (Made.TryPeek(out var first) && (first <= now - rate.Period || first > now))
                Made.Dequeue();
            if (Made.Count < rate.Messages)
                return now;
            var free = Made.ElementAt(Made.Count - rate.Messages) + rate.Period;
            var after = _promised + rate.Period / rate.Messages;
            return _promised = free > after || after > now + TimeSpan.FromDays(1) ? free : after;
        }
    }

    private sealed class Place(DestinationGate gate, Destination destination) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) != 0)
                return;
            lock (gate._gate)
                destination.Running--;
        }
    }
}
