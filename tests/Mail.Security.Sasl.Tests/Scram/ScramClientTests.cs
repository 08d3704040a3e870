namespace Mail.Security.Sasl.Tests;

public sealed class ScramClientTests
{
    private const string Nonce = "fyko+d2lbbFgONRv9qkxdawL";
    private const string Salt = "W22ZaJ0SNY7soEsUEjb6gQ==";

    [Theory]
    [InlineData("", SaslClientFailure.Malformed)]
    [InlineData("r=NONCE3rfcNHYJ", SaslClientFailure.Malformed)]
    [InlineData("r=NONCE3rfcNHYJ,s=SALT", SaslClientFailure.Malformed)]
    [InlineData("s=SALT,r=NONCE3rfcNHYJ,i=4096", SaslClientFailure.Malformed)]
    [InlineData("r=NONCE3rfcNHYJ,s=SALT,i=", SaslClientFailure.Malformed)]
    [InlineData("r=NONCE3rfcNHYJ,s=SALT,i=0", SaslClientFailure.Malformed)]
    [InlineData("r=NONCE3rfcNHYJ,s=SALT,i=04096", SaslClientFailure.Malformed)]
    [InlineData("r=NONCE3rfcNHYJ,s=SALT,i=+4096", SaslClientFailure.Malformed)]
    [InlineData("r=NONCE3rfcNHYJ,s=SALT,i=4096 ", SaslClientFailure.Malformed)]
    [InlineData("r=NONCE3rfcNHYJ,s=SALT,i=-1", SaslClientFailure.Malformed)]
    [InlineData("r=NONCE3rfcNHYJ,s=SALT,i=4096,", SaslClientFailure.Malformed)]
    [InlineData("r=NONCE3rfcNHYJ,s=SALT,i=4096,i=8192", SaslClientFailure.Malformed)]
    [InlineData("r=NONCE3rfcNHYJ,s=?,i=4096", SaslClientFailure.Malformed)]
    [InlineData("r=NONCE3rfcNHYJ,s=W22ZaJ0SNY7soEsUEjb6gR==,i=4096", SaslClientFailure.Malformed)]    // not the canonical spelling
    [InlineData("r=NONCE3rfcNHYJ\u0001,s=SALT,i=4096", SaslClientFailure.Malformed)]
    [InlineData("r=NONCE3rfcNHYJ,s=AAAAAAAAAA==,i=4096", SaslClientFailure.Salt)]                      // seven octets
    [InlineData("r=NONCE,s=SALT,i=4096", SaslClientFailure.Nonce)]
    [InlineData("r=NONCE3rfcNHY,s=SALT,i=4096", SaslClientFailure.Nonce)]                              // seven characters added
    [InlineData("r=xNONCE3rfcNHYJ,s=SALT,i=4096", SaslClientFailure.Nonce)]
    [InlineData("r=gyko+d2lbbFgONRv9qkxdawL3rfcNHYJ,s=SALT,i=4096", SaslClientFailure.Nonce)]
    [InlineData("r=NONCE3rfcNHYJ,s=SALT,i=4095", SaslClientFailure.IterationsTooLow)]
    [InlineData("r=NONCE3rfcNHYJ,s=SALT,i=1", SaslClientFailure.IterationsTooLow)]
    [InlineData("r=NONCE3rfcNHYJ,s=SALT,i=10000001", SaslClientFailure.IterationsTooHigh)]
    [InlineData("r=NONCE3rfcNHYJ,s=SALT,i=99999999999999999999999", SaslClientFailure.IterationsTooHigh)]
    [InlineData("m=x,r=NONCE3rfcNHYJ,s=SALT,i=4096", SaslClientFailure.ExtensionNotSupported)]
    [InlineData("r=NONCE3rfcNHYJ,s=SALT,i=4096,m=x", SaslClientFailure.ExtensionNotSupported)]
    [InlineData("e=no-resources", SaslClientFailure.ServerError)]
    [Trait("rfc", "5802#7")]
    public async Task Respond_WrongServerFirst_FailsByName(string challenge, SaslClientFailure reason)
    {
        using var credentials = new SaslCredentials("user", "pencil");
        using var client = Scram.Client(credentials, nonce: Nonce);
        await client.BeginAsync();
        challenge = challenge.Replace("NONCE", Nonce, StringComparison.Ordinal).Replace("SALT", Salt, StringComparison.Ordinal);
        Assert.Equal(reason, Exchange.Reason(await client.AnswerAsync(Exchange.Utf8(challenge))));
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.FinishAsync());
    }

    [Theory]
    [InlineData("", SaslClientFailure.Malformed, "the challenge is no message of SCRAM")]
    [InlineData("v=", SaslClientFailure.Malformed, "the challenge is no message of SCRAM")]
    [InlineData("v=x", SaslClientFailure.Malformed, "the challenge is no message of SCRAM")]
    [InlineData("x=AAAA", SaslClientFailure.Malformed, "the challenge is no message of SCRAM")]
    [InlineData("v=AAAA", SaslClientFailure.ServerNotAuthenticated, "the server's signature is wrong")]
    [InlineData("v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", SaslClientFailure.ServerNotAuthenticated, "the server's signature is wrong")]
    [InlineData("v=AAAA,m=x", SaslClientFailure.ExtensionNotSupported, "the server demands an extension")]
    [InlineData("m=x,v=AAAA", SaslClientFailure.ExtensionNotSupported, "the server demands an extension")]
    [InlineData("e=invalid-proof", SaslClientFailure.ServerError, "invalid-proof")]
    [InlineData("e=invalid-proof,x=1", SaslClientFailure.ServerError, "invalid-proof")]
    [InlineData("e=call 555-1234 now", SaslClientFailure.ServerError, "other-error")]
    [Trait("rfc", "5802#5.1")]
    public async Task Respond_WrongServerFinal_FailsByName(string challenge, SaslClientFailure reason, string detail)
    {
        using var credentials = new SaslCredentials("user", "pencil");
        using var client = await AnsweredAsync(credentials);
        var failed = Assert.IsType<SaslClientStep.Failed>(await client.AnswerAsync(Exchange.Utf8(challenge)));
        Assert.Equal((reason, detail), (failed.Reason, failed.Detail));
    }

    [Fact]
    [Trait("rfc", "5802#5")]
    public async Task Complete_BeforeTheServersProof_IsNotBelieved()
    {
        using var credentials = new SaslCredentials("user", "pencil");
        using var early = Scram.Client(credentials);
        await early.BeginAsync();
        Assert.Equal(SaslClientFailure.ServerNotAuthenticated, Exchange.Reason(await early.FinishAsync()));

        using var late = await AnsweredAsync(credentials);
        Assert.Equal(SaslClientFailure.ServerNotAuthenticated, Exchange.Reason(await late.FinishAsync()));

        using var forged = await AnsweredAsync(credentials);
        Assert.Equal(SaslClientFailure.ServerNotAuthenticated, Exchange.Reason(await forged.FinishAsync(Exchange.Utf8("v=AAAA"))));
    }

    [Fact]
    public async Task Complete_WithTheProofAsData_IsBelieved()
    {
        using var credentials = new SaslCredentials("user", "pencil");
        using var client = Scram.Client(credentials, nonce: "rOprNGfwEbeRWgbNEkqO");
        await client.BeginAsync();
        await client.AnswerAsync(Exchange.Utf8("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
        Assert.IsType<SaslClientStep.Authenticated>(await client.FinishAsync(Exchange.Utf8("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")));
    }

    [Fact]
    public async Task Respond_AfterTheProof_IsUnexpected()
    {
        using var credentials = new SaslCredentials("user", "pencil");
        using var client = Scram.Client(credentials, nonce: "rOprNGfwEbeRWgbNEkqO");
        await client.BeginAsync();
        await client.AnswerAsync(Exchange.Utf8("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
        await client.AnswerAsync(Exchange.Utf8("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=,x=ignored"));
        Assert.Equal(SaslClientFailure.UnexpectedChallenge, Exchange.Reason(await client.AnswerAsync([])));
    }

    [Theory]
    [InlineData(1000, 20_000_000, 1000, true)]
    [InlineData(8192, 10_000_000, 4096, false)]
    [InlineData(4096, 5000, 5001, false)]
    public async Task Respond_ConfiguredBounds_AreThoseThatCount(int min, int max, int told, bool accepted)
    {
        using var credentials = new SaslCredentials("user", "pencil");
        using var client = Scram.Client(credentials, nonce: Nonce, options: new SaslClientOptions { MinIterations = min, MaxIterations = max });
        await client.BeginAsync();
        Assert.Equal(accepted, await client.AnswerAsync(Exchange.Utf8($"r={Nonce}3rfcNHYJ,s={Salt},i={told}")) is SaslClientStep.Send);
    }

    [Fact]
    public async Task Respond_OverTheLimit_FailsBeforeAnyWork()
    {
        using var credentials = new SaslCredentials("user", "pencil");
        using var client = Scram.Client(credentials);
        await client.BeginAsync();
        Assert.Equal(SaslClientFailure.MessageTooLong, Exchange.Reason(await client.AnswerAsync(new byte[SaslLimits.MaxMessageLength + 1])));
    }

    [Theory]
    [InlineData("us\u0007er", "pencil")]
    [InlineData("us\0er", "pencil")]
    public async Task Start_NameThatCannotBePrepared_Fails(string userName, string password)
    {
        using var credentials = new SaslCredentials(userName, password);
        using var client = Scram.Client(credentials);
        Assert.Equal(SaslClientFailure.CredentialsUnusable, Exchange.Reason(await client.BeginAsync()));
    }

    [Fact]
    public async Task Respond_PasswordThatCannotBePrepared_FailsUnlessTakenAsItIs()
    {
        using var credentials = new SaslCredentials("user", "pen\tcil");
        using var client = Scram.Client(credentials, nonce: Nonce);
        await client.BeginAsync();
        Assert.Equal(SaslClientFailure.CredentialsUnusable, Exchange.Reason(await client.AnswerAsync(Exchange.Utf8($"r={Nonce}3rfcNHYJ,s={Salt},i=4096"))));

        using var raw = Scram.Client(credentials, nonce: Nonce, options: new SaslClientOptions { Preparation = SaslPreparation.None });
        await raw.BeginAsync();
        Assert.IsType<SaslClientStep.Send>(await raw.AnswerAsync(Exchange.Utf8($"r={Nonce}3rfcNHYJ,s={Salt},i=4096")));
    }

    private static async Task<ScramClient> AnsweredAsync(SaslCredentials credentials)
    {
        var client = Scram.Client(credentials, nonce: Nonce);
        await client.BeginAsync();
        Assert.IsType<SaslClientStep.Send>(await client.AnswerAsync(Exchange.Utf8($"r={Nonce}3rfcNHYJ,s={Salt},i=4096")));
        return client;
    }
}
