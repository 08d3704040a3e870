namespace Mail.Security.Sasl.Tests;

/// <summary>SCRAM halves with nonces of the test's choice.</summary>
internal static class Scram
{
    public const string ServerNonce = "3rfcNHYJY1ZVvWVs7j";

    public static readonly ChannelBinding Binding = new(ChannelBinding.TlsServerEndPoint, "the certificate's hash"u8);

    public static ScramServer Server(ISaslCredentialStore store, ScramHash hash = ScramHash.Sha256, ISaslAuthorizer? authorizer = null) =>
        new(Setup(store, hash, authorizer));

    public static ScramServerSetup Setup(ISaslCredentialStore store, ScramHash hash = ScramHash.Sha256, ISaslAuthorizer? authorizer = null) =>
        new(store, new UnknownUsers(new byte[32], 4096), new SaslAuthority(SaslPreparation.OpaqueString, authorizer))
        {
            Hash = hash, Plus = false, PlusWasOffered = false, Bindings = [], Nonce = ServerNonce,
        };

    public static ScramClient Client(SaslCredentials credentials, ScramHash hash = ScramHash.Sha256, string nonce = "fyko+d2lbbFgONRv9qkxdawL", SaslClientOptions? options = null) =>
        new(new ScramClientSetup(credentials, options ?? new SaslClientOptions()) { Hash = hash, Flag = ScramBindingFlag.NotSupported, Binding = null, Nonce = nonce });
}
