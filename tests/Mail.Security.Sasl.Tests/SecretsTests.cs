using System.Collections;
using System.Reflection;
using System.Text;

namespace Mail.Security.Sasl.Tests;

/// <summary>No text made of a public object shows a secret.</summary>
public sealed class SecretsTests
{
    private const string Password = "tanstaaftanstaaf";

    [Fact]
    public async Task ToString_OfEveryPublicType_ShowsNoSecret()
    {
        var samples = await SamplesAsync();
        // Every public type that can be made has a sample here, so that a new one is not forgotten.
        var types = typeof(SaslServer).Assembly.GetExportedTypes().Where(type => type is { IsAbstract: false, IsInterface: false, IsEnum: false });
        Assert.Empty(types.Where(type => !samples.Exists(sample => Of(type, sample.GetType()))).Select(type => type.FullName));

        var credential = samples.OfType<ScramCredential>().Single();
        string[] secrets = [Password, .. new[] { credential.StoredKey, credential.ServerKey, Encoding.UTF8.GetBytes(Password) }.SelectMany(Spellings)];
        foreach (var sample in samples)
        {
            var text = sample.ToString();
            Assert.DoesNotContain(secrets, secret => text!.Contains(secret, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public void Properties_OfTheCredentials_HoldNoPassword()
    {
        using var credentials = new SaslCredentials("tim", Password);
        foreach (var property in typeof(SaslCredentials).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            Assert.False(property.GetValue(credentials) is IEnumerable and not string);
            Assert.DoesNotContain(Password, property.GetValue(credentials)?.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(Password + " ")]
    [InlineData(Password + "\u0001")]
    [InlineData(Password + "ä")]
    public void Token_ThatCannotBe_IsRefusedWithoutTheSecret(string value)
    {
        var thrown = Assert.Throws<ArgumentException>(() => new SaslToken(value));
        Assert.DoesNotContain(Password, thrown.ToString(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SaslToken(new string('t', SaslToken.MaxLength + 1)));
    }

    public static TheoryData<char> Halves => ['\ud800', '\udc00'];

    [Theory]
    [MemberData(nameof(Halves))]
    public void Credentials_WithHalfASurrogatePair_AreRefusedWithoutTheSecret(char half)
    {
        var thrown = Assert.ThrowsAny<ArgumentException>(() => new SaslCredentials("tim", Password + half));
        Assert.DoesNotContain(Password, thrown.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tim", "")]
    [InlineData("", Password)]
    public void Credentials_ThatCannotBe_AreRefusedWithoutTheSecret(string userName, string password)
    {
        var thrown = Assert.ThrowsAny<ArgumentException>(() => new SaslCredentials(userName, password));
        Assert.DoesNotContain(Password, thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_Disposed_HaveNoPassword()
    {
        var credentials = new SaslCredentials("tim", Password);
        using var client = new PlainClient(credentials, SaslPreparation.OpaqueString);
        credentials.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.BeginAsync());
    }

    private static async Task<List<object>> SamplesAsync()
    {
        Assert.True(ScramCredential.TryCreate(ScramHash.Sha256, Encoding.UTF8.GetBytes(Password), 4096, SaslPreparation.OpaqueString, out var credential));
        var accounts = new Accounts();
        accounts.Set("tim", credential);
        var options = new SaslServerOptions { UnknownUserKey = Encoding.UTF8.GetBytes(Password + Password), Mechanisms = SaslMechanisms.StrongestFirst, SecretStore = accounts };
        var factory = new SaslServerFactory(accounts, options);
        var channel = new SaslServerChannel(SaslProtection.Verified) { Bindings = [Scram.Binding], ExternalIdentity = "tim" };
        var credentials = new SaslCredentials("tim", Password);
        var client = new PlainClient(credentials, SaslPreparation.OpaqueString);
        Assert.True(factory.TryCreate("PLAIN", channel, out var server));
        var sent = (SaslClientStep.Send)await client.BeginAsync();
        var verifier = new ScramPasswordVerifier(accounts, options);
        await verifier.VerifyAsync("tim", Encoding.UTF8.GetBytes(Password), TestContext.Current.CancellationToken);
        return
        [
            credential, options, factory, channel, credentials, client, server, sent, verifier, Scram.Binding, await server.StartWithAsync(sent.Data, TestContext.Current.CancellationToken),
            await client.FinishAsync(), new SaslClientStep.AwaitChallenge(), new SaslClientStep.Failed(SaslClientFailure.Nonce, "detail"), new SaslServerStep.Challenge(Encoding.UTF8.GetBytes(Password)),
            new SaslServerStep.Failed(SaslFailure.Malformed, Encoding.UTF8.GetBytes(Password)), new SaslLookup<ScramCredential>.Found(credential), new SaslLookup<string>.Found(Password),
            new SaslLookup<string>.NotFound(), new SaslLookup<string>.Unavailable(), new SaslClientChannel(SaslProtection.None, Scram.Binding), new SaslClientOptions { KeyCache = new ScramKeyCache() },
            new ScramKeyCache(), new SaslClientSelector(), new SaslSelection.Selected(client), new SaslSelection.Nothing(["PLAIN"], []),
            new SaslToken(Password), new SaslTokenResult.Issued(new SaslToken(Password)), new SaslTokenResult.Unavailable("detail"), SaslCredentials.Token("tim", new SaslToken(Password)),
            new OAuthBearerClient(SaslCredentials.Token("tim", new SaslToken(Password)), SaslPreparation.OpaqueString, new SaslClientChannel(SaslProtection.Verified)),
            new SslStreamKeyExporter(new System.Net.Security.SslStream(new MemoryStream())), TestBinding.Exporter([.. Encoding.UTF8.GetBytes(Password), .. Encoding.UTF8.GetBytes(Password)]),
        ];
    }

    private static bool Of(Type type, Type sample) => type.IsGenericTypeDefinition ? sample.IsGenericType && sample.GetGenericTypeDefinition() == type : type.IsAssignableFrom(sample);

    private static IEnumerable<string> Spellings(byte[] secret) => [Convert.ToBase64String(secret), Convert.ToHexString(secret)];
}
