using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Sasl;

/// <summary>What one SCRAM authentication of a client is made of.</summary>
internal sealed record ScramClientSetup(SaslCredentials Credentials, SaslClientOptions Options)
{
    public required ScramHash Hash { get; init; }

    public required ScramBindingFlag Flag { get; init; }

    /// <summary>The binding; null unless the flag is <see cref="ScramBindingFlag.Used"/>.</summary>
    public required ChannelBinding? Binding { get; init; }

    public required string Nonce { get; init; }

    public string MechanismName => ScramAlgorithm.Name(Hash) + (Binding is null ? string.Empty : "-PLUS");
}

/// <summary>SCRAM, the client (RFC 5802 §5): it believes no success before the server has proven that it knows the password.</summary>
internal sealed class ScramClient(ScramClientSetup setup) : SaslClient(setup.MechanismName)
{
    private enum Stage : byte
    {
        AwaitServerFirst,
        AwaitServerFinal,
        ServerProven,
    }

    // RFC 5802 §7: what "e=" can say. Any other word counts as "other-error", so that no text of the server's choice stands in a log.
    private static readonly HashSet<string> Errors = new(StringComparer.Ordinal)
    {
        "invalid-encoding", "extensions-not-supported", "invalid-proof", "channel-bindings-dont-match", "server-does-support-channel-binding",
        "channel-binding-not-supported", "unsupported-channel-binding-type", "unknown-user", "invalid-username-encoding", "no-resources", "other-error",
    };

    private Stage _stage;
    private byte[] _header = [];
    private byte[] _bare = [];
    private byte[] _serverSignature = [];

    private protected override bool IsComplete => _stage == Stage.ServerProven;

    private protected override ValueTask<SaslClientStep> BeginAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Begin());

    private SaslClientStep Begin()
    {
        var preparation = setup.Options.Preparation;
        var authorization = string.Empty;
        if (!StringPreparation.TryPrepareName(setup.Credentials.UserNameBytes, preparation, out var userName)
            || setup.Credentials.AuthorizationBytes.Length > 0 && !StringPreparation.TryPrepareName(setup.Credentials.AuthorizationBytes, preparation, out authorization))
            return Unusable();
        var flag = setup.Flag switch
        {
            ScramBindingFlag.Used => $"p={setup.Binding!.Type}",
            ScramBindingFlag.NotOffered => "y",
            _ => "n",
        };
        _header = Encoding.UTF8.GetBytes(authorization.Length == 0 ? $"{flag},," : $"{flag},a={ScramAlgorithm.Escape(authorization)},");
        _bare = Encoding.UTF8.GetBytes($"n={ScramAlgorithm.Escape(userName)},r={setup.Nonce}");
        return _header.Length + _bare.Length <= SaslLimits.MaxMessageLength ? Send([.. _header, .. _bare]) : Unusable();
    }

    private protected override ValueTask<SaslClientStep> AnswerAsync(ReadOnlyMemory<byte> challenge, CancellationToken cancellationToken) => _stage switch
    {
        // A server that errs may say so early.
        _ when challenge.Span.StartsWith("e="u8) => ValueTask.FromResult<SaslClientStep>(ReadError(challenge.Span[2..])),
        Stage.AwaitServerFirst => AnswerFirstAsync(challenge, cancellationToken),
        Stage.AwaitServerFinal => ValueTask.FromResult(AnswerFinal(challenge.Span)),
        _ => ValueTask.FromResult<SaslClientStep>(Fail(SaslClientFailure.UnexpectedChallenge, "SCRAM is through")),
    };

    private async ValueTask<SaslClientStep> AnswerFirstAsync(ReadOnlyMemory<byte> challenge, CancellationToken cancellationToken)
    {
        if (Check(challenge.Span, out var first) is { } refusal)
            return refusal;
        if (!StringPreparation.TryPrepare(setup.Credentials.Password, setup.Options.Preparation, out var password))
            return Unusable();
        var derivation = new KeyDerivation(setup.Hash, password, first.Salt, first.Iterations);
        var keys = setup.Options.KeyCache is { } cache
            ? await cache.GetOrDeriveAsync(derivation, cancellationToken).ConfigureAwait(false)
            : await derivation.RunAsync(cancellationToken).ConfigureAwait(false);
        _stage = Stage.AwaitServerFinal;
        return Send(MakeFinal(challenge.Span, first.Nonce, keys));
    }

    private SaslClientStep.Failed? Check(ReadOnlySpan<byte> challenge, out ScramServerFirst first)
    {
        var fault = ScramServerFirst.Read(challenge, out first);
        if (fault != ScramFault.None)
            return Fail(fault);
        // RFC 5802 §5.1: the nonce begins with ours; what the server adds must be worth something too.
        if (!first.Nonce.StartsWith(setup.Nonce, StringComparison.Ordinal) || first.Nonce.Length < setup.Nonce.Length + SaslLimits.MinNonceLength)
            return Fail(SaslClientFailure.Nonce, "the server's nonce does not extend the client's");
        if (first.Iterations < setup.Options.MinIterations)
            return Fail(SaslClientFailure.IterationsTooLow, FormattableString.Invariant($"{first.Iterations} iterations"));
        return first.Iterations > setup.Options.MaxIterations
            ? Fail(SaslClientFailure.IterationsTooHigh, FormattableString.Invariant($"more than {setup.Options.MaxIterations} iterations"))
            : null;
    }

    private byte[] MakeFinal(ReadOnlySpan<byte> serverFirst, string nonce, (byte[] ClientKey, byte[] ServerKey) keys)
    {
        byte[] binding = setup.Binding is null ? _header : [.. _header, .. setup.Binding.Data.Span];
        var withoutProof = Encoding.ASCII.GetBytes($"c={ScramAlgorithm.Base64(binding)},r={nonce}");
        var authMessage = ScramAlgorithm.AuthMessage(_bare, serverFirst, withoutProof);
        _serverSignature = ScramAlgorithm.Hmac(setup.Hash, keys.ServerKey, authMessage);
        var storedKey = ScramAlgorithm.Hash(setup.Hash, keys.ClientKey);
        var proof = keys.ClientKey;
        ScramAlgorithm.Xor(proof, ScramAlgorithm.Hmac(setup.Hash, storedKey, authMessage));
        byte[] message = [.. withoutProof, .. ",p="u8, .. Encoding.ASCII.GetBytes(ScramAlgorithm.Base64(proof))];
        CryptographicOperations.ZeroMemory(keys.ServerKey);
        CryptographicOperations.ZeroMemory(storedKey);
        return message;
    }

    private SaslClientStep AnswerFinal(ReadOnlySpan<byte> challenge)
    {
        if (!ScramAttributes.IsText(challenge))
            return Fail(ScramFault.Malformed);
        var attributes = new ScramAttributes(challenge);
        var fault = attributes.Expect('v', out var verifier);
        if (fault == ScramFault.None)
            fault = attributes.SkipExtensions();
        if (fault != ScramFault.None)
            return Fail(fault);
        if (!ScramAlgorithm.TryBase64(verifier, out var signature))
            return Fail(ScramFault.Malformed);
        if (!CryptographicOperations.FixedTimeEquals(signature, _serverSignature))
            return Fail(SaslClientFailure.ServerNotAuthenticated, "the server's signature is wrong");
        _stage = Stage.ServerProven;
        return Send([]);
    }

    private static SaslClientStep.Failed ReadError(ReadOnlySpan<byte> message)
    {
        var end = message.IndexOf((byte)',');
        var word = Encoding.UTF8.GetString(end < 0 ? message : message[..end]);
        return Fail(SaslClientFailure.ServerError, Errors.Contains(word) ? word : "other-error");
    }

    private static SaslClientStep.Failed Fail(ScramFault fault) => fault switch
    {
        ScramFault.Extension => Fail(SaslClientFailure.ExtensionNotSupported, "the server demands an extension"),
        ScramFault.Salt => Fail(SaslClientFailure.Salt, "the salt is too short or too long"),
        _ => Fail(SaslClientFailure.Malformed, "the challenge is no message of SCRAM"),
    };

    private protected override void Clear() => CryptographicOperations.ZeroMemory(_serverSignature);
}
