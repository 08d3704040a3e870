using System.Text;
using Mail.Security.Sasl;

namespace Interop.Tests;

/// <summary>The accounts that servers of these tests have, whoever runs them.</summary>
internal static class Accounts
{
    public const string Ann = "ann@client.test";
    public const string Kim = "kim@client.test";
    public const string Lea = "lea@client.test";
    public const string Uwe = "uwe@client.test";
    public const string Nobody = "nobody@client.test";
    public const string Password = "correct horse";

    /// <summary>Uwe's, which is not ASCII.</summary>
    public const string Umlauts = "pr\u00FCfw\u00F6rter \u20AC";

    public static SaslCredentials Of(string name) => new(name, name == Uwe ? Umlauts : Password);
}

/// <summary>The accounts of a server under test: Ann's alone, under every hash and in clear.</summary>
internal sealed class AccountStore : ISaslCredentialStore, ISaslSecretStore
{
    private static readonly Dictionary<ScramHash, ScramCredential> Credentials = Enum.GetValues<ScramHash>().ToDictionary(hash => hash, Make);

    public ValueTask<SaslLookup<ScramCredential>> FindAsync(string userName, ScramHash hash, CancellationToken cancellationToken) =>
        new(userName == Accounts.Ann ? new SaslLookup<ScramCredential>.Found(Credentials[hash]) : new SaslLookup<ScramCredential>.NotFound());

    public ValueTask<SaslLookup<ReadOnlyMemory<byte>>> FindSecretAsync(string userName, CancellationToken cancellationToken) =>
        new(userName == Accounts.Ann ? new SaslLookup<ReadOnlyMemory<byte>>.Found(Encoding.UTF8.GetBytes(Accounts.Password)) : new SaslLookup<ReadOnlyMemory<byte>>.NotFound());

    /// <summary>A factory over these accounts that offers these mechanisms, or everything there is.</summary>
    public static SaslServerFactory Factory(params string[] mechanisms)
    {
        var store = new AccountStore();
        return new SaslServerFactory(store, new SaslServerOptions
        {
            Mechanisms = mechanisms.Length > 0 ? mechanisms : [.. SaslMechanisms.StrongestFirst], SecretStore = store, Iterations = SaslLimits.DefaultMinIterations, HostName = ClientWorld.Host,
        });
    }

    private static ScramCredential Make(ScramHash hash) =>
        ScramCredential.TryCreate(hash, Encoding.UTF8.GetBytes(Accounts.Password), SaslLimits.DefaultMinIterations, SaslPreparation.OpaqueString, out var credential)
            ? credential
            : throw new InvalidOperationException("no credential");
}
