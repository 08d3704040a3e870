using System.Security.Cryptography;

namespace Mail.Security.Dnssec;

/// <summary>Hashes names as RFC 5155 §5 says, each once, within the budget.</summary>
internal sealed class Nsec3Hasher(ushort iterations, byte[] salt, WorkBudget budget)
{
    private readonly Dictionary<CanonicalName, byte[]?> _hashes = [];

    /// <summary>The hash; null when the budget is spent.</summary>
    public byte[]? Hash(CanonicalName name)
    {
        if (_hashes.TryGetValue(name, out var known))
            return known;
        return _hashes[name] = budget.TrySpendHashes(iterations + 1) ? Compute(name) : null;
    }

    private byte[] Compute(CanonicalName name)
    {
        Span<byte> input = stackalloc byte[SHA1.HashSizeInBytes + byte.MaxValue];
        var hash = new byte[SHA1.HashSizeInBytes];
        byte[] first = [.. name.Octets, .. salt];
        // RFC 5155 §11: the only algorithm there is; it hides names and proves nothing.
#pragma warning disable CA5350
        SHA1.HashData(first, hash);
        salt.CopyTo(input[hash.Length..]);
        for (var i = 0; i < iterations; i++)
        {
            hash.CopyTo(input);
            SHA1.HashData(input[..(hash.Length + salt.Length)], hash);
        }
#pragma warning restore CA5350
        return hash;
    }
}
