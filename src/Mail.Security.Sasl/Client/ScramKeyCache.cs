using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Sasl;

/// <summary>Remembers the keys SCRAM derives from a password, for one server's salt and count (RFC 5802 §5.1, "i"): bounded in number and in time.</summary>
/// <remarks>It never holds a password, but who reads the keys can log in with them, at servers that use the same salt.</remarks>
public sealed class ScramKeyCache
{
    private readonly KeyedCache<(byte[] ClientKey, byte[] ServerKey)> _keys;
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

    internal (byte[] ClientKey, byte[] ServerKey) GetOrDerive(ScramHash hash, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations)
    {
        var tag = _keys.TagOf(Encoding.ASCII.GetBytes(FormattableString.Invariant($"{ScramAlgorithm.Name(hash)}:{iterations}")), salt, password);
        if (_keys.TryGet(tag, out var keys))
            return keys;                        // a copy, and the caller's to clear
        Interlocked.Increment(ref _derivations);
        keys = ScramAlgorithm.DeriveKeys(hash, password, salt, iterations);
        _keys.Set(tag, Copy(keys));
        return keys;
    }

    private static (byte[] ClientKey, byte[] ServerKey) Copy((byte[] ClientKey, byte[] ServerKey) keys) => ([.. keys.ClientKey], [.. keys.ServerKey]);

    private static void Clear((byte[] ClientKey, byte[] ServerKey) keys)
    {
        CryptographicOperations.ZeroMemory(keys.ClientKey);
        CryptographicOperations.ZeroMemory(keys.ServerKey);
    }
}
