using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Sasl;

/// <summary>Credentials for users that do not exist: the same salt at every attempt, and no password fits (RFC 5802 §7 has "other-error" to the same end).</summary>
internal sealed class UnknownUsers
{
    private readonly byte[] _key;
    private readonly int _iterations;

    public UnknownUsers(ReadOnlyMemory<byte>? key, int iterations)
    {
        if (key is { Length: < 32 })
            throw new ArgumentException("The key for unknown users has at least 32 octets.", nameof(key));
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, SaslLimits.DefaultMinIterations);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(iterations, SaslLimits.DefaultMaxIterations);
        _key = key?.ToArray() ?? RandomNumberGenerator.GetBytes(32);
        _iterations = iterations;
    }

    public ScramCredential CredentialOf(string userName, ScramHash hash)
    {
        var size = ScramAlgorithm.Size(hash);
        return new ScramCredential(hash, _iterations, Derive("salt", userName, hash)[..16], Derive("stored", userName, hash)[..size], Derive("server", userName, hash)[..size]);
    }

    private byte[] Derive(string purpose, string userName, ScramHash hash) => HMACSHA512.HashData(_key, Encoding.UTF8.GetBytes($"{purpose}\0{ScramAlgorithm.Name(hash)}\0{userName}"));
}
