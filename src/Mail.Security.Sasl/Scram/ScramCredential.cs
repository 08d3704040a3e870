using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Sasl;

/// <summary>What a server stores of a password for one SCRAM hash: it verifies, and does not reveal the password (RFC 5802 §2.1).</summary>
/// <remarks>
/// Keep it as one keeps a password all the same: who has it can try passwords at leisure, and can play the server (RFC 5803 §3).
/// <see cref="ToString"/> shows none of it; <see cref="Format"/> writes it for the store.
/// </remarks>
public sealed class ScramCredential
{
    private readonly byte[] _salt;

    internal ScramCredential(ScramHash hash, int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) =>
        (Hash, Iterations, _salt, StoredKey, ServerKey) = (hash, iterations, salt, storedKey, serverKey);

    /// <summary>The hash function.</summary>
    public ScramHash Hash { get; }

    /// <summary>The iteration count.</summary>
    public int Iterations { get; }

    /// <summary>The salt, which every client that asks is told.</summary>
    public ReadOnlyMemory<byte> Salt => _salt;

    internal byte[] StoredKey { get; }

    internal byte[] ServerKey { get; }

    /// <summary>Makes the credential of a password, with a fresh salt of 16 octets.</summary>
    /// <param name="hash">The hash function.</param>
    /// <param name="password">The password in UTF-8; not kept. Prepared as <paramref name="preparation"/> says before it is used.</param>
    /// <param name="iterations">The iteration count, 4,096 to 10,000,000. Use one count for all: another tells a client that the account exists.</param>
    /// <param name="preparation">How the password is prepared.</param>
    /// <param name="credential">The credential; null when the password cannot be prepared: it is empty, is not UTF-8 or holds a refused character.</param>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The iteration count lies outside.</exception>
    public static bool TryCreate(ScramHash hash, ReadOnlySpan<byte> password, int iterations, SaslPreparation preparation, [NotNullWhen(true)] out ScramCredential? credential) =>
        TryCreate(hash, password, iterations, preparation, RandomNumberGenerator.GetBytes(16), out credential);

    internal static bool TryCreate(
        ScramHash hash, ReadOnlySpan<byte> password, int iterations, SaslPreparation preparation, byte[] salt, [NotNullWhen(true)] out ScramCredential? credential)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, SaslLimits.DefaultMinIterations);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(iterations, SaslLimits.DefaultMaxIterations);
        credential = null;
        if (!StringPreparation.TryPrepare(password, preparation, out var prepared))
            return false;
        try
        {
            credential = FromPrepared(hash, prepared, iterations, salt);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(prepared);
        }
    }

    internal static ScramCredential FromPrepared(ScramHash hash, ReadOnlySpan<byte> password, int iterations, byte[] salt)
    {
        var (clientKey, serverKey) = ScramAlgorithm.DeriveKeys(hash, password, salt, iterations);
        try
        {
            return new ScramCredential(hash, iterations, salt, ScramAlgorithm.Hash(hash, clientKey), serverKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clientKey);
        }
    }

    /// <summary>Reads the stored form, such as "SCRAM-SHA-256$4096:salt$StoredKey:ServerKey" (RFC 5803 §1).</summary>
    /// <param name="text">The text; never part of a message when it is wrong.</param>
    /// <param name="credential">The credential; null when the text is none.</param>
    /// <param name="fault">What is wrong with it.</param>
    /// <returns>Whether it is one.</returns>
    /// <remarks>A store may be in the hands of an attacker, so counts and lengths are bounded here (RFC 5803 §3).</remarks>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ScramCredential? credential, out ScramCredentialFault fault)
    {
        credential = null;
        fault = Read(text, out var hash, out var iterations, out var salt, out var keys);
        if (fault != ScramCredentialFault.None)
            return false;
        credential = new ScramCredential(hash, iterations, salt, keys.Stored, keys.Server);
        return true;
    }

    private static ScramCredentialFault Read(string? text, out ScramHash hash, out int iterations, out byte[] salt, out (byte[] Stored, byte[] Server) keys)
    {
        (hash, iterations, salt, keys) = (default, 0, [], ([], []));
        if (text is null || text.Length > 4096 || text.Split('$') is not [var scheme, var info, var value]
            || info.Split(':') is not [var count, var saltText] || value.Split(':') is not [var stored, var server])
            return ScramCredentialFault.Malformed;
        if (SaslMechanisms.BindsChannel(scheme) || !SaslMechanisms.IsScram(scheme, out hash))
            return ScramCredentialFault.UnknownScheme;
        if (count.Length is 0 or > 8 || count[0] == '0' || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out iterations)
            || iterations is < SaslLimits.DefaultMinIterations or > SaslLimits.DefaultMaxIterations)
            return ScramCredentialFault.Iterations;
        if (!TryBase64(saltText, out salt) || salt.Length is < SaslLimits.MinSaltLength or > SaslLimits.MaxSaltLength)
            return ScramCredentialFault.Salt;
        if (!TryBase64(stored, out keys.Stored) || !TryBase64(server, out keys.Server) || keys.Stored.Length != ScramAlgorithm.Size(hash) || keys.Server.Length != keys.Stored.Length)
            return ScramCredentialFault.Key;
        return ScramCredentialFault.None;
    }

    private static bool TryBase64(string text, out byte[] data)
    {
        data = [];
        return Ascii.IsValid(text) && ScramAlgorithm.TryBase64(Encoding.ASCII.GetBytes(text), out data);
    }

    /// <summary>Writes the stored form (RFC 5803 §1). It is a secret: for the store, never for a log.</summary>
    /// <returns>The text <see cref="TryParse"/> reads.</returns>
    public string Format() => string.Create(
        CultureInfo.InvariantCulture,
        $"{ScramAlgorithm.Name(Hash)}${Iterations}:{ScramAlgorithm.Base64(_salt)}${ScramAlgorithm.Base64(StoredKey)}:{ScramAlgorithm.Base64(ServerKey)}");

    /// <summary>Scheme and iteration count; the keys are left out.</summary>
    /// <returns>A text that may be logged.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ScramAlgorithm.Name(Hash)} with {Iterations} iterations");
}
