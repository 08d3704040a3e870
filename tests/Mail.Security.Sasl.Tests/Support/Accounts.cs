using System.Text;

namespace Mail.Security.Sasl.Tests;

/// <summary>A store of credentials and, for CRAM-MD5, of passwords; it can be down.</summary>
internal sealed class Accounts : ISaslCredentialStore, ISaslSecretStore
{
    public const string User = "user";
    public const string Password = "pencil";

    private readonly Dictionary<(string, ScramHash), ScramCredential> _credentials = [];
    private readonly Dictionary<string, byte[]> _secrets = [];

    public bool Down { get; set; }

    /// <summary>Whether "Ann" is "ann".</summary>
    public bool IgnoresCase { get; init; }

    public List<string> Asked { get; } = [];

    public static Accounts With(string userName, string password, params ScramHash[] hashes)
    {
        var accounts = new Accounts();
        accounts.Set(userName, password, hashes.Length == 0 ? [ScramHash.Sha256] : hashes);
        return accounts;
    }

    public void Set(string userName, string password, params ScramHash[] hashes)
    {
        foreach (var hash in hashes)
        {
            Assert.True(ScramCredential.TryCreate(hash, Encoding.UTF8.GetBytes(password), 4096, SaslPreparation.OpaqueString, out var credential));
            _credentials[(userName, hash)] = credential;
        }
        _secrets[userName] = Encoding.UTF8.GetBytes(password);
    }

    public void Set(string userName, ScramCredential credential) => _credentials[(userName, credential.Hash)] = credential;

    public ValueTask<SaslLookup<ScramCredential>> FindAsync(string userName, ScramHash hash, CancellationToken cancellationToken = default)
    {
        Asked.Add(userName);
        var sought = IgnoresCase ? userName.ToLowerInvariant() : userName;
        return ValueTask.FromResult<SaslLookup<ScramCredential>>(
            Down ? new SaslLookup<ScramCredential>.Unavailable()
            : _credentials.TryGetValue((sought, hash), out var credential) ? new SaslLookup<ScramCredential>.Found(credential)
            : new SaslLookup<ScramCredential>.NotFound(sought == userName ? null : sought));
    }

    public ValueTask<SaslLookup<ReadOnlyMemory<byte>>> FindSecretAsync(string userName, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<SaslLookup<ReadOnlyMemory<byte>>>(
            Down ? new SaslLookup<ReadOnlyMemory<byte>>.Unavailable()
            : _secrets.TryGetValue(userName, out var secret) ? new SaslLookup<ReadOnlyMemory<byte>>.Found(secret)
            : new SaslLookup<ReadOnlyMemory<byte>>.NotFound());
}
