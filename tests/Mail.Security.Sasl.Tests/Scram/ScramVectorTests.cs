namespace Mail.Security.Sasl.Tests;

/// <summary>The exchanges printed in the RFCs, octet for octet, by both halves.</summary>
public sealed class ScramVectorTests
{
    public static TheoryData<ScramHash, string, string, string, string, string> Vectors => new()
    {
        {
            ScramHash.Sha1,     // RFC 5802 §5
            "fyko+d2lbbFgONRv9qkxdawL", "3rfcNHYJY1ZVvWVs7j", "QSXCR+Q6sek8bf92", "v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "rmF9pqV8S7suAoZWja4dJRkFsKQ="
        },
        {
            ScramHash.Sha256,   // RFC 7677 §3
            "rOprNGfwEbeRWgbNEkqO", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", "W22ZaJ0SNY7soEsUEjb6gQ==", "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
        },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    [Trait("rfc", "5802#5")]
    [Trait("rfc", "7677#3")]
    public async Task Client_ExchangeOfTheRfc_SendsTheSameOctets(ScramHash hash, string clientNonce, string serverNonce, string salt, string proof, string verifier)
    {
        using var credentials = new SaslCredentials("user", "pencil");
        using var client = Scram.Client(credentials, hash, clientNonce);

        Assert.Equal($"n,,n=user,r={clientNonce}", Exchange.Text(await client.BeginAsync()));
        Assert.Equal($"c=biws,r={clientNonce}{serverNonce},p={proof}", Exchange.Text(await client.AnswerAsync(Exchange.Utf8($"r={clientNonce}{serverNonce},s={salt},i=4096"))));
        Assert.Equal("", Exchange.Text(await client.AnswerAsync(Exchange.Utf8($"v={verifier}"))));
        Assert.IsType<SaslClientStep.Authenticated>(await client.FinishAsync());
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    [Trait("rfc", "5802#5")]
    [Trait("rfc", "7677#3")]
    public async Task Server_ExchangeOfTheRfc_SendsTheSameOctets(ScramHash hash, string clientNonce, string serverNonce, string salt, string proof, string verifier)
    {
        var accounts = new Accounts();
        accounts.Set("user", ScramCredential.FromPrepared(hash, "pencil"u8, 4096, Convert.FromBase64String(salt)));
        using var server = new ScramServer(Scram.Setup(accounts, hash) with { Nonce = serverNonce });

        Assert.Equal($"r={clientNonce}{serverNonce},s={salt},i=4096", Exchange.Text(await server.StartAsync($"n,,n=user,r={clientNonce}")));
        Assert.Equal($"v={verifier}", Exchange.Text(await server.RespondAsync($"c=biws,r={clientNonce}{serverNonce},p={proof}")));
        var success = Assert.IsType<SaslServerStep.Succeeded>(await server.RespondAsync(""));
        Assert.Equal(("user", "user", hash == ScramHash.Sha1 ? "SCRAM-SHA-1" : "SCRAM-SHA-256"), (success.Identity, success.AuthorizationIdentity, success.Mechanism));
    }

    // No RFC prints an exchange of a -PLUS form: computed by Python's hashlib and hmac after RFC 5802 §3 and §7.
    [Theory]
    [InlineData(ScramHash.Sha1, "zRWbbvZ0WIiCjkrB3Nw9J6IbkSI=", "f2ns3MMjaGZ0+T0naprtuxrBLYs=")]
    [InlineData(ScramHash.Sha256, "lwfW8/JOTm5eKHFPu4sfblddcadm7llRiLFPjmshpII=", "b4eXqYaZ3fMNftbHvP6JTD2i2YC1zT26SGfeTGE+icg=")]
    [InlineData(ScramHash.Sha512, "qkN2YJu4jhoMTKowvBCxHbvKV6NBDCORuJPbHWCaXtVfRBDeRmgwnrHrtjJv63OQYYOOUcdn6KgnRLwJO8zT4Q==",
        "oOFKgIeQRHNHLKZeU2/gBpLUoESjJbWxA1Yobu7Q3p+3bXvFHOkIlqUpChaiFGGKpo+uNbUAcPFcAZi/tB1oEg==")]
    [Trait("rfc", "5802#6")]
    [Trait("rfc", "9266#2")]
    public async Task Plus_ExchangeComputedElsewhere_IsTheSameOnBothEnds(ScramHash hash, string proof, string verifier)
    {
        string[] messages =
        [
            "p=tls-exporter,a=a=2Cu=3Dth,n=u=2Cs=3Der,r=clientnonce123456",
            "r=clientnonce123456servernonce,s=AAECAwQFBgcICQoLDA0ODw==,i=4096",
            $"c=cD10bHMtZXhwb3J0ZXIsYT1hPTJDdT0zRHRoLAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f,r=clientnonce123456servernonce,p={proof}",
            $"v={verifier}",
        ];
        var binding = TestBinding.Exporter([.. Enumerable.Range(0, 32).Select(octet => (byte)octet)]);
        var accounts = new Accounts();
        accounts.Set("u,s=er", ScramCredential.FromPrepared(hash, Exchange.Utf8("πßå ♦"), 4096, [.. Enumerable.Range(0, 16).Select(octet => (byte)octet)]));
        using var credentials = new SaslCredentials("u,s=er", "πßå ♦", "a,u=th");
        using var client = new ScramClient(new ScramClientSetup(credentials, new SaslClientOptions()) { Hash = hash, Flag = ScramBindingFlag.Used, Binding = binding, Nonce = "clientnonce123456" });
        using var server = new ScramServer(Scram.Setup(accounts, hash, new Authorizer("u,s=er", "a,u=th")) with { Nonce = "servernonce", Plus = true, PlusWasOffered = true, Bindings = [binding] });

        Assert.Equal(messages[0], Exchange.Text(await client.BeginAsync()));
        Assert.Equal(messages[1], Exchange.Text(await server.StartAsync(messages[0])));
        Assert.Equal(messages[2], Exchange.Text(await client.AnswerAsync(Exchange.Utf8(messages[1]))));
        Assert.Equal(messages[3], Exchange.Text(await server.RespondAsync(messages[2])));
        Assert.Equal("", Exchange.Text(await client.AnswerAsync(Exchange.Utf8(messages[3]))));
        Assert.Equal("a,u=th", Assert.IsType<SaslServerStep.Succeeded>(await server.RespondAsync("")).AuthorizationIdentity);
        Assert.IsType<SaslClientStep.Authenticated>(await client.FinishAsync());
    }

    [Fact]
    public void Credential_Sha512_EqualsAnIndependentComputation()
    {
        // hashlib.pbkdf2_hmac("sha512", b"pencil", b"saltsalt", 4096), then RFC 5802 §3 by Python's hmac.
        var credential = ScramCredential.FromPrepared(ScramHash.Sha512, "pencil"u8, 4096, "saltsalt"u8.ToArray());
        Assert.Equal(Sha512Credential, credential.Format());
    }

    private const string Sha512Credential = "SCRAM-SHA-512$4096:c2FsdHNhbHQ=$WJFh4X36FKsgx2jJhJK5AYjMJ53xZYrSYoejqMclIUhA5k3FjbUfLEkLlOyfYMNTorr1JQs/e19jCUsMN5x0dQ==:ZNUcoMORrDPV6ZY2YggtGv8fU4qsCTVzfJyTOEBvPS7mFg0QRhODRQfHhTji6BrJriZwEmsJukPFVwdDHP4zSQ==";
}
