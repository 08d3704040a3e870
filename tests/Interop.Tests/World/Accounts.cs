using System.Collections.Concurrent;
using System.Text;
using Mail.Security.Sasl;

namespace Interop.Tests;

/// <summary>The accounts that servers of these tests have, whoever runs them.</summary>
internal static class Accounts
{
    public const string Ann = "ann@client.test";
    public const string Kim = "kim@client.test";
    public const string Lea = "lea@client.test";

    /// <summary>One whose password is not ASCII.</summary>
    public const string Uwe = "uwe@client.test";

    /// <summary>One with every letter in the name that SCRAM escapes.</summary>
    public const string Odd = "o=d,d@client.test";

    /// <summary>One whose password NFC leaves as it is and NFKC does not.</summary>
    public const string Fin = "fin@client.test";

    public const string Nobody = "nobody@client.test";
    public const string Password = "correct horse";

    public static IReadOnlyList<string> All { get; } = [Ann, Kim, Lea, Uwe, Odd, Fin];

    public static string PasswordOf(string name) => name switch
    {
        Uwe => "pr\u00FCfw\u00F6rter \u20AC",
        Fin => "\uFB01ne \u00BD",
        _ => Password,
    };

    public static SaslCredentials Of(string name) => new(name, PasswordOf(name));
}

/// <summary>The accounts of a server under test, under every hash and in clear.</summary>
internal sealed class AccountStore(SaslPreparation preparation) : ISaslCredentialStore, ISaslSecretStore
{
    private readonly ConcurrentDictionary<(string Name, ScramHash Hash), ScramCredential> _credentials = new();

    public ValueTask<SaslLookup<ScramCredential>> FindAsync(string userName, ScramHash hash, CancellationToken cancellationToken) =>
        new(Accounts.All.Contains(userName) ? new SaslLookup<ScramCredential>.Found(_credentials.GetOrAdd((userName, hash), Make)) : new SaslLookup<ScramCredential>.NotFound());

    public ValueTask<SaslLookup<ReadOnlyMemory<byte>>> FindSecretAsync(string userName, CancellationToken cancellationToken) =>
        new(Accounts.All.Contains(userName) ? new SaslLookup<ReadOnlyMemory<byte>>.Found(Encoding.UTF8.GetBytes(Accounts.PasswordOf(userName))) : new SaslLookup<ReadOnlyMemory<byte>>.NotFound());

    /// <summary>A factory over these accounts that offers these mechanisms, or everything there is.</summary>
    public static SaslServerFactory Factory(string[]? mechanisms = null, SaslPreparation preparation = SaslPreparation.OpaqueString)
    {
        var store = new AccountStore(preparation);
        return new SaslServerFactory(store, new SaslServerOptions
        {
            Mechanisms = mechanisms is { Length: > 0 } ? mechanisms : [.. SaslMechanisms.StrongestFirst],
            SecretStore = store,
            Iterations = SaslLimits.DefaultMinIterations,
            HostName = ClientWorld.Host,
            Preparation = preparation,
        });
    }

    private ScramCredential Make((string Name, ScramHash Hash) key) =>
        ScramCredential.TryCreate(key.Hash, Encoding.UTF8.GetBytes(Accounts.PasswordOf(key.Name)), SaslLimits.DefaultMinIterations, preparation, out var credential)
            ? credential
            : throw new InvalidOperationException("no credential");
}
