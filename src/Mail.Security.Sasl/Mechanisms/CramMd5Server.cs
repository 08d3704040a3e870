using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Mail.Security.Sasl;

/// <summary>CRAM-MD5 (RFC 2195 §2): the challenge is random and timed, and never the same again.</summary>
internal sealed class CramMd5Server(ISaslSecretStore store, SaslAuthority authority, string challenge) : SaslServer(SaslMechanisms.CramMd5)
{
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789abcdef"u8);
    private readonly byte[] _challenge = Encoding.ASCII.GetBytes(challenge);
    private bool _asked;

    public static string NewChallenge(string hostName, TimeProvider time) =>
        FormattableString.Invariant($"<{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}.{time.GetUtcNow().ToUnixTimeSeconds()}@{hostName}>");

    private protected override async ValueTask<SaslServerStep> TakeAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
    {
        if (!_asked)
        {
            _asked = true;
            return response is null ? Challenge(_challenge) : Fail(SaslFailure.UnexpectedInitialResponse);
        }
        return response is { } message ? await VerifyAsync(message, cancellationToken).ConfigureAwait(false) : Fail(SaslFailure.Malformed);
    }

    private async ValueTask<SaslServerStep> VerifyAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        // The name may hold spaces; the digest may not, and is lower-case (RFC 2195 §2).
        var space = message.Length - CramMd5.DigestLength - 1;
        if (space < 1 || message.Span[space] != (byte)' ' || message.Span[(space + 1)..].ContainsAnyExcept(Digits) || !Utf8.IsValid(message.Span))
            return Fail(SaslFailure.Malformed);
        if (!StringPreparation.TryPrepareName(message.Span[..space], authority.Preparation, out var userName))
            return Fail(SaslFailure.InvalidEncoding);
        if (Objection(userName) is { } objection)
            return Fail(objection);
        var lookup = await store.FindSecretAsync(userName, cancellationToken).ConfigureAwait(false);
        if (lookup is SaslLookup<ReadOnlyMemory<byte>>.Unavailable)
            return Fail(SaslFailure.Unavailable);
        return Matches(lookup, message.Span[(space + 1)..])
            ? await authority.DecideAsync(Mechanism, userName, default, cancellationToken).ConfigureAwait(false)
            : Fail(SaslFailure.InvalidCredentials);
    }

    private bool Matches(SaslLookup<ReadOnlyMemory<byte>> lookup, ReadOnlySpan<byte> digest)
    {
        var found = lookup as SaslLookup<ReadOnlyMemory<byte>>.Found;
        var stored = found is null ? RandomNumberGenerator.GetBytes(16) : found.Read().Span;
        // The same preparation as the client's; what cannot be prepared is taken as it is stored.
        var secret = StringPreparation.TryPrepare(stored, authority.Preparation, out var prepared) ? prepared : stored.ToArray();
        var equal = CryptographicOperations.FixedTimeEquals(CramMd5.Digest(secret, _challenge), digest);
        CryptographicOperations.ZeroMemory(secret);
        return equal && found is not null && !found.Read().IsEmpty;
    }
}
