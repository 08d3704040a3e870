using System.Text;

namespace Mail.Security.Sasl.Tests;

/// <summary>OAUTHBEARER and XOAUTH2, the clients.</summary>
public sealed class TokenClientTests
{
    private const string Token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";

    private static readonly SaslClientChannel Channel = new(SaslProtection.Verified);

    [Fact]
    [Trait("rfc", "7628#4.1")]
    public async Task Bearer_ExampleOfTheRfc_SendsTheSameOctets()
    {
        using var client = Client(SaslMechanisms.OAuthBearer, channel: Channel with { Host = "server.example.com", Port = 587 });
        Assert.Equal(
            "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3AWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB",
            Convert.ToBase64String(Assert.IsType<SaslClientStep.Send>(await client.BeginAsync()).Data.Span));
        Assert.IsType<SaslClientStep.Authenticated>(await client.FinishAsync());
    }

    [Theory]
    [InlineData("OAUTHBEARER", "user@example.com", "", "n,a=user@example.com,^auth=Bearer TOKEN^^")]
    [InlineData("OAUTHBEARER", "user@example.com", "box@example.com", "n,a=box@example.com,^auth=Bearer TOKEN^^")]
    [InlineData("OAUTHBEARER", "a,b=c", "", "n,a=a=2Cb=3Dc,^auth=Bearer TOKEN^^")]
    [InlineData("XOAUTH2", "user@example.com", "", "user=user@example.com^auth=Bearer TOKEN^^")]
    [InlineData("XOAUTH2", "user@example.com", "box@example.com", "user=box@example.com^auth=Bearer TOKEN^^")]
    [Trait("rfc", "7628#3.1")]
    public async Task Start_ByName_SendsNameAndToken(string mechanism, string user, string other, string expected)
    {
        using var client = Client(mechanism, user, other);
        Assert.Equal(expected.Replace('^', '\u0001').Replace("TOKEN", Token, StringComparison.Ordinal), Exchange.Text(await client.BeginAsync()));
        Assert.IsType<SaslClientStep.Authenticated>(await client.FinishAsync());
    }

    [Theory]
    [InlineData("OAUTHBEARER", "us\u0001er")]
    [InlineData("XOAUTH2", "us\u0001er")]
    [InlineData("XOAUTH2", "us\ner")]
    public async Task Start_NameThatWouldEndItsField_IsNotSent(string mechanism, string user)
    {
        foreach (var preparation in Enum.GetValues<SaslPreparation>())
        {
            using var client = Client(mechanism, user, options: new SaslClientOptions { Preparation = preparation });
            Assert.Equal(SaslClientFailure.CredentialsUnusable, Exchange.Reason(await client.BeginAsync()));
        }
    }

    [Theory]
    [InlineData("OAUTHBEARER", "\u0001", "{\"status\":\"invalid_token\",\"scope\":\"example_scope\",\"openid-configuration\":\"https://example.com/.well-known/openid-configuration\"}", "invalid_token, scope example_scope")]
    [InlineData("XOAUTH2", "", "{\"status\":\"401\",\"schemes\":\"bearer mac\",\"scope\":\"https://mail.google.com/\"}", "401, scope https://mail.google.com/")]
    [InlineData("XOAUTH2", "", "{\"status\":400}", "400")]
    [InlineData("XOAUTH2", "", "{\"a\":{\"status\":\"inner\"},\"status\":\"outer\"}", "outer")]
    [InlineData("XOAUTH2", "", "{\"status\":\"bad\\r\\n\\u202eline\"}", "bad???line")]
    [InlineData("XOAUTH2", "", "{\"status\":[\"x\"]}", TokenError.Unknown)]
    [InlineData("XOAUTH2", "", "{\"status\":\"invalid_token\"", TokenError.Unknown)]
    [InlineData("XOAUTH2", "", "{\"status\":\"your token TOKEN is bad\"}", TokenError.Unknown)]
    [InlineData("XOAUTH2", "", "[[[[[[[[[[[[]]]]]]]]]]]]", TokenError.Unknown)]
    [InlineData("OAUTHBEARER", "\u0001", "what?", TokenError.Unknown)]
    [InlineData("OAUTHBEARER", "\u0001", "", TokenError.Unknown)]
    [Trait("rfc", "7628#3.2.3")]
    public async Task Respond_Error_IsAcknowledgedAndTold(string mechanism, string acknowledgement, string error, string detail)
    {
        var tokens = new Tokens(new SaslTokenResult.Issued(new SaslToken(Token)));
        using var client = Client(mechanism, tokens: tokens);
        await client.BeginAsync();
        Assert.Equal(acknowledgement, Exchange.Text(await client.AnswerAsync(Exchange.Utf8(error.Replace("TOKEN", Token, StringComparison.Ordinal)))));

        var failed = client.Refused();
        Assert.Equal((SaslClientFailure.ServerError, detail), (failed.Reason, failed.Detail));
        Assert.Equal([detail], tokens.Refusals);
        Assert.Throws<InvalidOperationException>(() => client.Refused());
    }

    [Fact]
    public async Task Respond_LongError_IsCut()
    {
        using var client = Client(SaslMechanisms.XOAuth2);
        await client.BeginAsync();
        await client.AnswerAsync(Exchange.Utf8($"{{\"status\":\"{new string('s', 5000)}\"}}"));
        Assert.Equal(200, client.Refused().Detail.Length);
    }

    [Theory]
    [InlineData(SaslRefusalCause.Unspecified, 0)]
    [InlineData(SaslRefusalCause.Credentials, 1)]
    public async Task Refused_WithoutAnError_TheTokenIsDroppedWhenItWasMeant(SaslRefusalCause cause, int told)
    {
        var tokens = new Tokens(new SaslTokenResult.Issued(new SaslToken(Token)));
        using var client = Client(SaslMechanisms.OAuthBearer, tokens: tokens);
        await client.BeginAsync();
        Assert.Equal(SaslClientFailure.Refused, client.Refused(cause).Reason);
        Assert.Equal(Enumerable.Repeat("", told), tokens.Refusals);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_ProviderThrows_NoTokenAndNoTextOfTheException(bool cancelled)
    {
        Exception thrown = cancelled ? new TaskCanceledException("refresh_token=geheim") : new InvalidOperationException("refresh_token=geheim");
        using var credentials = SaslCredentials.Token("user@example.com", new BrokenTokens(thrown));
        using var client = Assert.IsType<SaslSelection.Selected>(new SaslClientSelector().Select(credentials, ["XOAUTH2"], Channel)).Client;
        var failed = Assert.IsType<SaslClientStep.Failed>(await client.BeginAsync());
        Assert.Equal((SaslClientFailure.TokenUnavailable, $"the provider of tokens failed ({thrown.GetType().Name})"), (failed.Reason, failed.Detail));
    }

    [Theory]
    [InlineData("OAUTHBEARER")]
    [InlineData("XOAUTH2")]
    public async Task Complete_AfterAnError_IsNotBelieved(string mechanism)
    {
        using var client = Client(mechanism);
        await client.BeginAsync();
        await client.AnswerAsync(Exchange.Utf8("{\"status\":\"401\"}"));
        Assert.Equal(SaslClientFailure.ServerNotAuthenticated, Exchange.Reason(await client.FinishAsync()));

        using var second = Client(mechanism);
        await second.BeginAsync();
        await second.AnswerAsync(Exchange.Utf8("{\"status\":\"401\"}"));
        Assert.Equal(SaslClientFailure.UnexpectedChallenge, Exchange.Reason(await second.AnswerAsync(Exchange.Utf8("{}"))));

        using var third = Client(mechanism);
        await third.BeginAsync();
        Assert.IsType<SaslClientStep.Failed>(await third.FinishAsync(Exchange.Utf8("{\"status\":\"401\"}")));
    }

    [Fact]
    public async Task Start_EachTime_AsksForAToken()
    {
        var tokens = new Tokens(new SaslTokenResult.Issued(new SaslToken(Token)));
        for (var login = 1; login <= 2; login++)
        {
            using var client = Client(SaslMechanisms.XOAuth2, tokens: tokens);
            await client.BeginAsync();
            Assert.Equal(login, tokens.Asked.Count);
        }
        Assert.All(tokens.Asked, name => Assert.Equal("user@example.com", name));
    }

    [Fact]
    public async Task Start_NoToken_SaysWhy()
    {
        using var client = Client(SaslMechanisms.XOAuth2, tokens: new Tokens(new SaslTokenResult.Unavailable("the authorization server is away")));
        var failed = Assert.IsType<SaslClientStep.Failed>(await client.BeginAsync());
        Assert.Equal((SaslClientFailure.TokenUnavailable, "the authorization server is away"), (failed.Reason, failed.Detail));
    }

    [Fact]
    public async Task Start_CancelledWhileTheTokenIsWaitedFor_EndsTheAuthentication()
    {
        using var client = Client(SaslMechanisms.XOAuth2, tokens: new Tokens(null));
        using var cancel = new CancellationTokenSource();
        var starting = client.StartAsync(cancel.Token).AsTask();
        Assert.Throws<InvalidOperationException>(() => client.Refused());       // at work
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.AnswerAsync([]));
    }

    [Theory]
    [InlineData("OAUTHBEARER XOAUTH2", SaslProtection.Verified, "", "OAUTHBEARER")]
    [InlineData("XOAUTH2 PLAIN", SaslProtection.Verified, "", "XOAUTH2")]
    [InlineData("PLAIN SCRAM-SHA-256 EXTERNAL", SaslProtection.Verified, "", null)]           // there is no password
    [InlineData("OAUTHBEARER XOAUTH2", SaslProtection.Encrypted, "", null)]
    [InlineData("OAUTHBEARER XOAUTH2", SaslProtection.Encrypted, "XOAUTH2", "XOAUTH2")]
    [InlineData("OAUTHBEARER XOAUTH2", SaslProtection.None, "", null)]
    [InlineData("OAUTHBEARER XOAUTH2", SaslProtection.None, "OAUTHBEARER XOAUTH2", null)]     // not even by name
    [Trait("rfc", "7628#3")]
    public void Select_WithAToken_OnlyWhereItIsSafe(string offered, SaslProtection protection, string allowed, string? expected)
    {
        using var credentials = SaslCredentials.Token("user@example.com", new SaslToken(Token));
        var selector = new SaslClientSelector(new SaslClientOptions { AllowedUnverified = allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries) });
        using var client = (selector.Select(credentials, offered.Split(' '), new SaslClientChannel(protection)) as SaslSelection.Selected)?.Client;
        Assert.Equal(expected, client?.Mechanism);
    }

    [Fact]
    public void Select_WithAPassword_TakesNoTokenMechanism()
    {
        using var credentials = new SaslCredentials("user", "pencil");
        Assert.IsType<SaslSelection.Nothing>(new SaslClientSelector().Select(credentials, ["OAUTHBEARER", "XOAUTH2"], Channel));
    }

    [Fact]
    public void Offer_ByAServer_HasNoTokenMechanism()
    {
        var factory = new SaslServerFactory(new Accounts(), new SaslServerOptions { Mechanisms = SaslMechanisms.StrongestFirst });
        Assert.False(factory.TryCreate("OAUTHBEARER", new SaslServerChannel(SaslProtection.Verified), out _));
        Assert.False(factory.TryCreate("XOAUTH2", new SaslServerChannel(SaslProtection.Verified), out _));
    }

    [Fact]
    public void Credentials_WithoutANameOrAToken_AreMisuse()
    {
        Assert.Throws<ArgumentException>(() => SaslCredentials.Token("", new SaslToken(Token)));
        Assert.Throws<ArgumentNullException>(() => SaslCredentials.Token("user", (SaslToken)null!));
        Assert.Throws<ArgumentNullException>(() => SaslCredentials.Token("user", (ISaslTokenProvider)null!));
        using var credentials = SaslCredentials.Token("user", new SaslToken(Token));
        Assert.Equal((SaslCredentialKind.Token, "user"), (credentials.Kind, credentials.ToString()));
    }

    private static SaslClient Client(string mechanism, string user = "user@example.com", string other = "", Tokens? tokens = null, SaslClientOptions? options = null, SaslClientChannel? channel = null)
    {
        var credentials = SaslCredentials.Token(user, tokens ?? new Tokens(new SaslTokenResult.Issued(new SaslToken(Token))), other);
        return Assert.IsType<SaslSelection.Selected>(new SaslClientSelector(options).Select(credentials, [mechanism], channel ?? Channel)).Client;
    }

    private sealed class BrokenTokens(Exception thrown) : ISaslTokenProvider
    {
        public ValueTask<SaslTokenResult> GetTokenAsync(string userName, CancellationToken cancellationToken = default) => throw thrown;
    }

    /// <summary>Gives one answer, or none ever.</summary>
    private sealed class Tokens(SaslTokenResult? result) : ISaslTokenProvider
    {
        public List<string> Asked { get; } = [];

        public List<string> Refusals { get; } = [];

        public async ValueTask<SaslTokenResult> GetTokenAsync(string userName, CancellationToken cancellationToken = default)
        {
            Asked.Add(userName);
            if (result is null)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            return result!;
        }

        public void Refuse(SaslToken token, string error)
        {
            Assert.Equal(Token, Encoding.ASCII.GetString(token.Value));
            Refusals.Add(error);
        }
    }
}
