using System.Net;

namespace Mail.Security.Transports;

/// <summary>A caller at the pool: served already, or in the row.</summary>
internal sealed class PoolWaiter(SessionKey key, IReadOnlyList<IPAddress> addresses)
{
    private readonly TaskCompletionSource<PoolGrant> _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SessionKey Key => key;

    /// <summary>Its place in the row; null when it is not in it.</summary>
    public LinkedListNode<PoolWaiter>? Node { get; set; }

    /// <summary>What it is given.</summary>
    public Task<PoolGrant> Served => _served.Task;

    public bool Wants(PooledConnection connection) => connection.Key == key && Contains(connection.Address.Address);

    public void Serve(PoolGrant grant) => _served.SetResult(grant);

    private bool Contains(IPAddress address)
    {
        for (var index = 0; index < addresses.Count; index++)
        {
            if (addresses[index].Equals(address))
                return true;
        }
        return false;
    }
}

/// <summary>What a caller is given: a place on its host, and what stands there.</summary>
/// <param name="Idle">A session the caller wants.</param>
/// <param name="Evicted">A session that must be closed before the place is free. Where it is of another host, that host's place becomes free then.</param>
/// <param name="IsClosed">Nothing: the pool has ended.</param>
internal readonly record struct PoolGrant(PooledConnection? Idle, PooledConnection? Evicted, bool IsClosed);
