using System.Security.Cryptography;

namespace Mail.Security.Sasl;

/// <summary>Remembers the keys SCRAM derives from a password, for one server's salt and count (RFC 5802 §5.1, "i"): bounded in number and in time.</summary>
/// <remarks>It never holds a password, but who reads the keys can log in with them, at servers that use the same salt.</remarks>
public sealed class ScramKeyCache
{
    private readonly KeyedCache<(byte[] ClientKey, byte[] ServerKey)> _keys;
    private readonly Dictionary<string, Task<(byte[] ClientKey, byte[] ServerKey)>> _running = new(StringComparer.Ordinal);
    private int _derivations;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="capacity">How many logins are remembered, at least 1.</param>
    /// <param name="lifetime">How long; null for one hour.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is less than 1, or the lifetime not positive.</exception>
    public ScramKeyCache(int capacity = 64, TimeSpan? lifetime = null, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(lifetime));
        _keys = new(capacity, lifetime ?? TimeSpan.FromHours(1), time ?? TimeProvider.System, Copy, Clear);
    }

    internal int Derivations => _derivations;

    /// <summary>The keys, remembered or derived; logins that want the same at once wait for one derivation.</summary>
    internal async ValueTask<(byte[] ClientKey, byte[] ServerKey)> GetOrDeriveAsync(KeyDerivation derivation, CancellationToken cancellationToken)
    {
        var tag = derivation.TagIn(_keys);
        Task<(byte[] ClientKey, byte[] ServerKey)> work;
        lock (_running)
        {
            if (_keys.TryGet(tag, out var keys))
            {
                derivation.Dispose();
                return keys;                        // a copy, and the caller's to clear
            }
            var name = Convert.ToHexString(tag);
            if (_running.TryGetValue(name, out var other))
                derivation.Dispose();
            _running[name] = work = other ?? DeriveAsync(name, tag, derivation);
        }
        return Copy(await work.WaitAsync(cancellationToken).ConfigureAwait(false));
    }

    // Nobody's cancellation stops it: the others wait too, and the next login wants the keys.
    private async Task<(byte[] ClientKey, byte[] ServerKey)> DeriveAsync(string name, byte[] tag, KeyDerivation derivation)
    {
        try
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);      // it must not end before it is noted
            var keys = await derivation.RunAsync(CancellationToken.None).ConfigureAwait(false);
            Interlocked.Increment(ref _derivations);
            _keys.Set(tag, Copy(keys));
            return keys;
        }
        finally
        {
            lock (_running)
                _running.Remove(name);
        }
    }

    private static (byte[] ClientKey, byte[] ServerKey) Copy((byte[] ClientKey, byte[] ServerKey) keys) => ([.. keys.ClientKey], [.. keys.ServerKey]);

    private static void Clear((byte[] ClientKey, byte[] ServerKey) keys)
    {
        CryptographicOperations.ZeroMemory(keys.ClientKey);
        CryptographicOperations.ZeroMemory(keys.ServerKey);
    }
}
