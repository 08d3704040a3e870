using System.Net;
using System.Security.Cryptography;
using System.Text;
using Mail.Security.Sasl;
using MailKit.Security;

namespace Mail.Security.Benchmarks.Sasl;

/// <summary>One account whose password is kept for SCRAM-SHA-256 with one count, and everybody who knows the password.</summary>
internal sealed class ScramAccount : ISaslCredentialStore, IDisposable
{
    private const string Name = "ann@example.org";
    private const string Password = "correct horse battery staple";

    private static readonly SaslServerChannel ServerChannel = new(SaslProtection.Verified);
    private static readonly SaslClientChannel ClientChannel = new(SaslProtection.Verified);

    private readonly SaslCredentials _credentials = new(Name, Password);
    private readonly SaslClientSelector _forgetful = new();
    private readonly SaslClientSelector _remembering = new(new SaslClientOptions { KeyCache = new ScramKeyCache() });
    private readonly byte[] _password = Encoding.UTF8.GetBytes(Password);
    private readonly byte[] _salted = new byte[SHA256.HashSizeInBytes];
    private readonly SaslLookup<ScramCredential> _found;
    private readonly SaslServerFactory _factory;
    private readonly byte[] _salt;

    public ScramAccount(int iterations)
    {
        if (!ScramCredential.TryCreate(ScramHash.Sha256, _password, iterations, SaslPreparation.OpaqueString, out var credential))
            throw new InvalidOperationException("The password cannot be prepared.");
        (Iterations, _found, _salt) = (iterations, new SaslLookup<ScramCredential>.Found(credential), credential.Salt.ToArray());
        _factory = new SaslServerFactory(this, new SaslServerOptions { Iterations = iterations });
    }

    public int Iterations { get; }

    public ValueTask<SaslLookup<ScramCredential>> FindAsync(string userName, ScramHash hash, CancellationToken cancellationToken) => new(_found);

    public SaslServer Server() => _factory.TryCreate(SaslMechanisms.ScramSha256, ServerChannel, out var server) ? server : throw new InvalidOperationException("The mechanism is not offered.");

    /// <summary>A client with a cache of keys, or without.</summary>
    public SaslClient Client(ClientMemory memory)
    {
        var selector = memory == ClientMemory.Keys ? _remembering : _forgetful;
        return selector.Select(_credentials, [SaslMechanisms.ScramSha256], ClientChannel) is SaslSelection.Selected(var client) ? client : throw new InvalidOperationException("Nothing fits.");
    }

    public static SaslMechanismScramSha256 MailKitClient() => new(new NetworkCredential(Name, Password));

    public void Dispose() => _credentials.Dispose();

    /// <summary>What every client without memory has to do, and nothing else.</summary>
    public void Derive() => Rfc2898DeriveBytes.Pbkdf2(_password, _salt, _salted, Iterations, HashAlgorithmName.SHA256);
}
