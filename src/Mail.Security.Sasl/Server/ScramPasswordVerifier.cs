using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Sasl;

/// <summary>Verifies passwords against SCRAM credentials, and remembers for a while those that were right.</summary>
/// <remarks>
/// A password that was right is remembered as a keyed hash over name, credential and password, so that the next login costs one HMAC instead of thousands.
/// Wrong passwords always cost the full count, those of unknown users too, and no more of them at once than <see cref="SaslServerOptions.ConcurrentVerifications"/>;
/// the work is done on the caller's thread. The password itself is never kept.
/// </remarks>
public sealed class ScramPasswordVerifier : ISaslPasswordVerifier
{
    private readonly ISaslCredentialStore _store;
    private readonly SaslServerOptions _options;
    private readonly UnknownUsers _unknown;
    private readonly KeyedCache<bool> _verified;
    private readonly SemaphoreSlim _places;     // its wait handle is never asked for, so that there is nothing to dispose
    private int _derivations;

    /// <summary>Makes a verifier. One for all connections, so that they share what is remembered.</summary>
    /// <param name="store">Where the credentials are.</param>
    /// <param name="options">Hash, preparation, iterations and size of what is remembered; null for the defaults.</param>
    /// <param name="time">The clock by which entries age; null for the system's.</param>
    public ScramPasswordVerifier(ISaslCredentialStore store, SaslServerOptions? options = null, TimeProvider? time = null)
        : this(store, options ?? new SaslServerOptions(), time ?? TimeProvider.System, null)
    {
    }

    internal ScramPasswordVerifier(ISaslCredentialStore store, SaslServerOptions options, TimeProvider time, UnknownUsers? unknown)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ConcurrentVerifications, 1);
        (_store, _options, _places) = (store, options, new SemaphoreSlim(options.ConcurrentVerifications));
        _unknown = unknown ?? new UnknownUsers(options.UnknownUserKey, options.Iterations);
        _verified = new KeyedCache<bool>(options.VerifiedPasswords, options.VerifiedPasswordLifetime, time);
    }

    internal int Derivations => _derivations;

    internal SemaphoreSlim Places => _places;

    internal int Remembered => _verified.Count;

    /// <inheritdoc/>
    public async ValueTask<SaslVerdict> VerifyAsync(string userName, ReadOnlyMemory<byte> password, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userName);
        return await _store.FindAsync(userName, _options.PasswordHash, cancellationToken).ConfigureAwait(false) switch
        {
            SaslLookup<ScramCredential>.Found found => await VerifyAsync(userName, found.Read(), password, cancellationToken).ConfigureAwait(false),
            SaslLookup<ScramCredential>.Unavailable => SaslVerdict.Unavailable,
            _ => await RefuseAsync(userName, password, cancellationToken).ConfigureAwait(false),
        };
    }

    // The work of a wrong password, and its answer.
    private async ValueTask<SaslVerdict> RefuseAsync(string userName, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        await VerifyAsync(userName, _unknown.CredentialOf(userName, _options.PasswordHash), password, cancellationToken).ConfigureAwait(false);
        return SaslVerdict.Refused;
    }

    private async ValueTask<SaslVerdict> VerifyAsync(string userName, ScramCredential credential, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        var tag = _verified.TagOf(Encoding.UTF8.GetBytes(userName), credential.StoredKey, password.Span);
        if (_verified.TryGet(tag, out _))
            return SaslVerdict.Accepted;
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Verify(tag, credential, password.Span);
        }
        finally
        {
            _places.Release();
        }
    }

    private SaslVerdict Verify(byte[] tag, ScramCredential credential, ReadOnlySpan<byte> password)
    {
        // RFC 4616 §2: what cannot be prepared is not verified. A client that stored its password by SASLprep means the same characters.
        var accepted = Matches(credential, password, _options.Preparation, out var prepared);
        if (!accepted && _options.Preparation == SaslPreparation.OpaqueString)
            accepted = MatchesAsSaslPrep(credential, password, prepared);
        CryptographicOperations.ZeroMemory(prepared);
        if (accepted)
            _verified.Set(tag, true);
        return accepted ? SaslVerdict.Accepted : SaslVerdict.Refused;
    }

    private bool MatchesAsSaslPrep(ScramCredential credential, ReadOnlySpan<byte> password, byte[]? tried)
    {
        if (!password.ContainsAnyExceptInRange((byte)0, (byte)0x7F))
            return false;
        var same = StringPreparation.TryPrepare(password, SaslPreparation.SaslPrep, out var prepared) && prepared.AsSpan().SequenceEqual(tried);
        CryptographicOperations.ZeroMemory(prepared);
        if (same)
            return false;
        var accepted = Matches(credential, password, SaslPreparation.SaslPrep, out prepared);
        CryptographicOperations.ZeroMemory(prepared);
        return accepted;
    }

    private bool Matches(ScramCredential credential, ReadOnlySpan<byte> password, SaslPreparation preparation, out byte[]? prepared)
    {
        if (!StringPreparation.TryPrepare(password, preparation, out prepared))
            return false;
        Interlocked.Increment(ref _derivations);
        var (clientKey, serverKey) = ScramAlgorithm.DeriveKeys(credential.Hash, prepared, credential.Salt.Span, credential.Iterations);
        try
        {
            return CryptographicOperations.FixedTimeEquals(ScramAlgorithm.Hash(credential.Hash, clientKey), credential.StoredKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clientKey);
            CryptographicOperations.ZeroMemory(serverKey);
        }
    }
}
