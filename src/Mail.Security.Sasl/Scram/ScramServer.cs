using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Sasl;

/// <summary>What every SCRAM authentication of one connection shares.</summary>
internal sealed record ScramServerSetup(ISaslCredentialStore Store, UnknownUsers Unknown, SaslAuthority Authority)
{
    public required ScramHash Hash { get; init; }

    /// <summary>Whether the client chose the -PLUS name.</summary>
    public required bool Plus { get; init; }

    /// <summary>Whether a -PLUS name stood in the list on this connection: then "y" is a lie somebody told the client (RFC 5802 §6).</summary>
    public required bool PlusWasOffered { get; init; }

    public required IReadOnlyList<ChannelBinding> Bindings { get; init; }

    public required string Nonce { get; init; }

    public string MechanismName => ScramAlgorithm.Name(Hash) + (Plus ? "-PLUS" : string.Empty);
}

/// <summary>SCRAM, the server (RFC 5802 §5). The proof of the server is a challenge of its own, as SMTP has no data on success (RFC 4954 §4).</summary>
internal sealed class ScramServer(ScramServerSetup setup) : SaslServer(setup.MechanismName)
{
    private ScramClientFirst? _first;
    private byte[] _bindingInput = [];      // what "c=" must carry
    private byte[] _serverFirst = [];
    private string _nonce = string.Empty;
    private string _userName = string.Empty;
    private ScramCredential? _credential;
    private bool _known;
    private SaslServerStep.Succeeded? _success;

    private protected override async ValueTask<SaslServerStep> TakeAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
    {
        if (response is not { } message)
            return Challenge([]);
        if (_first is null)
            return await FirstAsync(message, cancellationToken).ConfigureAwait(false);
        if (_success is null)
            return await FinalAsync(message, cancellationToken).ConfigureAwait(false);
        // RFC 5802 §5: the client has the server's proof, and answers it with nothing.
        return message.IsEmpty ? _success : Fail(SaslFailure.Malformed, "other-error");
    }

    private async ValueTask<SaslServerStep> FirstAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var fault = ScramClientFirst.Read(message.Span, out _first);
        if (_first is null)
            return Fail(fault);
        if (CheckBinding(_first) is { } refusal)
            return refusal;
        if (!StringPreparation.TryPrepareName(_first.UserName, setup.Authority.Preparation, out var userName))
            return Fail(SaslFailure.InvalidEncoding, "invalid-username-encoding");
        if (Objection(userName) is { } objection)
            return Fail(objection, "other-error");
        _userName = userName;

        var lookup = await setup.Store.FindAsync(userName, setup.Hash, cancellationToken).ConfigureAwait(false);
        if (lookup is SaslLookup<ScramCredential>.Unavailable)
            return Fail(SaslFailure.Unavailable, "no-resources");
        _credential = (lookup as SaslLookup<ScramCredential>.Found)?.Read();
        if (_credential is not null && _credential.Hash != setup.Hash)
            throw new InvalidOperationException("The store gave a credential of another hash than it was asked for.");
        _known = _credential is not null;
        _credential ??= setup.Unknown.CredentialOf((lookup as SaslLookup<ScramCredential>.NotFound)?.NameSought ?? userName, setup.Hash);

        _nonce = _first.Nonce + setup.Nonce;
        _serverFirst = Encoding.ASCII.GetBytes(FormattableString.Invariant($"r={_nonce},s={ScramAlgorithm.Base64(_credential.Salt.Span)},i={_credential.Iterations}"));
        return Challenge(_serverFirst);
    }

    // RFC 5802 §6
    private SaslServerStep.Failed? CheckBinding(ScramClientFirst first)
    {
        ChannelBinding? binding = null;
        switch (first.Flag)
        {
            case ScramBindingFlag.NotOffered when setup.Plus || setup.PlusWasOffered:
                return Fail(SaslFailure.ChannelBindingDowngrade, "server-does-support-channel-binding");
            case ScramBindingFlag.NotSupported when setup.Plus:
                return Fail(SaslFailure.ChannelBindingMismatch, "channel-bindings-dont-match");
            case ScramBindingFlag.Used when setup.Bindings.Count == 0:
                return Fail(SaslFailure.ChannelBindingUnsupported, "channel-binding-not-supported");
            case ScramBindingFlag.Used:
                binding = setup.Bindings.FirstOrDefault(item => string.Equals(item.Type, first.BindingType, StringComparison.Ordinal));
                if (binding is null)
                    return Fail(SaslFailure.ChannelBindingUnsupported, "unsupported-channel-binding-type");
                break;
        }
        _bindingInput = binding is null ? first.Header : [.. first.Header, .. binding.Data.Span];
        return null;
    }

    private async ValueTask<SaslServerStep> FinalAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (Verify(message.Span, out var signature) is { } refusal)
            return refusal;
        var decision = await setup.Authority.DecideAsync(Mechanism, _userName, _first!.AuthorizationIdentity, cancellationToken).ConfigureAwait(false);
        if (decision is SaslServerStep.Failed failed)
            return Fail(failed.Reason, "other-error");
        _success = (SaslServerStep.Succeeded)decision;
        return Challenge(Encoding.ASCII.GetBytes($"v={ScramAlgorithm.Base64(signature)}"));
    }

    private SaslServerStep.Failed? Verify(ReadOnlySpan<byte> message, out byte[] signature)
    {
        signature = [];
        var fault = ScramClientFinal.Read(message, out var final);
        if (fault != ScramFault.None)
            return Fail(fault);
        var binding = Encoding.ASCII.GetBytes(ScramAlgorithm.Base64(_bindingInput));
        if (!CryptographicOperations.FixedTimeEquals(final.Binding, binding))
            return Fail(SaslFailure.ChannelBindingMismatch, "channel-bindings-dont-match");
        if (!CryptographicOperations.FixedTimeEquals(final.Nonce, Encoding.ASCII.GetBytes(_nonce)))
            return Fail(SaslFailure.Malformed, "other-error");
        if (final.Proof.Length != ScramAlgorithm.Size(setup.Hash))
            return Fail(SaslFailure.Malformed, "invalid-proof");

        var authMessage = ScramAlgorithm.AuthMessage(_first!.Bare, _serverFirst, final.WithoutProof);
        if (!IsProof(final.Proof, authMessage))
            return Fail(SaslFailure.InvalidCredentials, "invalid-proof");
        signature = ScramAlgorithm.Hmac(setup.Hash, _credential!.ServerKey, authMessage);
        return null;
    }

    // RFC 5802 §3: ClientKey = ClientProof XOR ClientSignature, and H(ClientKey) is StoredKey.
    private bool IsProof(byte[] proof, byte[] authMessage)
    {
        ScramAlgorithm.Xor(proof, ScramAlgorithm.Hmac(setup.Hash, _credential!.StoredKey, authMessage));
        var equal = CryptographicOperations.FixedTimeEquals(ScramAlgorithm.Hash(setup.Hash, proof), _credential.StoredKey);
        CryptographicOperations.ZeroMemory(proof);
        return equal & _known;
    }

    private static SaslServerStep.Failed Fail(ScramFault fault) => fault switch
    {
        ScramFault.Extension => Fail(SaslFailure.ExtensionNotSupported, "extensions-not-supported"),
        ScramFault.UserName => Fail(SaslFailure.InvalidEncoding, "invalid-username-encoding"),
        _ => Fail(SaslFailure.Malformed, "invalid-encoding"),
    };

    private static SaslServerStep.Failed Fail(SaslFailure reason, string error) => new(reason, Encoding.ASCII.GetBytes($"e={error}"));

    private protected override void Clear() => (_credential, _bindingInput) = (null, []);
}
