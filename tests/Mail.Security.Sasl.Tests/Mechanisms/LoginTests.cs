namespace Mail.Security.Sasl.Tests;

public sealed class LoginTests
{
    private static readonly Accounts Store = Accounts.With(Accounts.User, Accounts.Password);

    [Fact]
    public async Task Server_NameAndPassword_AreAskedForByTheUsualWords()
    {
        using var server = Server();
        Assert.Equal("Username:", Exchange.Text(await server.StartAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("Password:", Exchange.Text(await server.RespondAsync("user")));
        Assert.Equal(("user", "user", "LOGIN"), Success(await server.RespondAsync("pencil")));
    }

    [Fact]
    public async Task Server_NameWithTheCommand_IsTaken()
    {
        using var server = Server();
        Assert.Equal("Password:", Exchange.Text(await server.StartAsync("user")));
        Assert.Equal(("user", "user", "LOGIN"), Success(await server.RespondAsync("pencil")));
    }

    [Theory]
    [InlineData("", null, SaslFailure.Malformed)]
    [InlineData("us\0er", null, SaslFailure.Malformed)]
    [InlineData("user", "", SaslFailure.Malformed)]
    [InlineData("user", "pen\0cil", SaslFailure.Malformed)]
    [InlineData("user", "wrong", SaslFailure.InvalidCredentials)]
    [InlineData("nobody", "pencil", SaslFailure.InvalidCredentials)]
    [InlineData("us\ter", "pencil", SaslFailure.InvalidEncoding)]
    public async Task Server_WrongAnswer_FailsByName(string userName, string? password, SaslFailure reason)
    {
        using var server = Server();
        await server.StartAsync(TestContext.Current.CancellationToken);
        var step = await server.RespondAsync(userName);
        if (password is not null)
            step = await server.RespondAsync(password);
        Assert.Equal(reason, Exchange.Reason(step));
    }

    [Theory]
    [InlineData("Username:", "Password:")]
    [InlineData("", "")]
    [InlineData("User Name\0", "Password\0")]       // as some servers send them
    public async Task Client_AnyPrompts_AreAnsweredInOrder(string first, string second)
    {
        using var credentials = new SaslCredentials("user", "pencil");
        using var client = new LoginClient(credentials, SaslPreparation.OpaqueString);
        Assert.IsType<SaslClientStep.AwaitChallenge>(await client.BeginAsync());
        Assert.Equal("user", Exchange.Text(await client.AnswerAsync(Exchange.Utf8(first))));
        Assert.Equal("pencil", Exchange.Text(await client.AnswerAsync(Exchange.Utf8(second))));
        Assert.IsType<SaslClientStep.Authenticated>(await client.FinishAsync());
    }

    [Fact]
    public async Task Client_SuccessBeforeThePassword_IsNotBelieved()
    {
        using var credentials = new SaslCredentials("user", "pencil");
        using var client = new LoginClient(credentials, SaslPreparation.OpaqueString);
        await client.BeginAsync();
        await client.AnswerAsync(Exchange.Utf8("Username:"));
        Assert.Equal(SaslClientFailure.ServerNotAuthenticated, Exchange.Reason(await client.FinishAsync()));
    }

    [Fact]
    public async Task Client_SuccessInPlaceOfThePrompt_IsNotBelieved()
    {
        using var credentials = new SaslCredentials("user", "pencil");
        using var client = new LoginClient(credentials, SaslPreparation.OpaqueString);
        await client.BeginAsync();
        await client.AnswerAsync(Exchange.Utf8("Username:"));
        Assert.Equal(SaslClientFailure.ServerNotAuthenticated, Exchange.Reason(await client.FinishAsync(Exchange.Utf8("Password:"))));
    }

    [Theory]
    [InlineData("EXTERNAL")]
    [InlineData("CRAM-MD5")]
    [InlineData("LOGIN")]
    public async Task Client_NameThatNoServerTakes_IsNotSent(string mechanism)
    {
        var name = new string('a', SaslLimits.MaxMessageLength + 1);
        using var credentials = mechanism == "EXTERNAL" ? SaslCredentials.External(name) : new SaslCredentials(name, "pencil");
        using SaslClient client = mechanism switch
        {
            "EXTERNAL" => new ExternalClient(credentials),
            "CRAM-MD5" => new CramMd5Client(credentials, SaslPreparation.OpaqueString),
            _ => new LoginClient(credentials, SaslPreparation.OpaqueString),
        };
        var step = await client.BeginAsync();
        if (step is SaslClientStep.AwaitChallenge)
            step = await client.AnswerAsync(Exchange.Utf8("<1.2@example.org>"));
        Assert.Equal(SaslClientFailure.CredentialsUnusable, Exchange.Reason(step));
    }

    [Fact]
    public async Task Client_ThirdPrompt_IsUnexpected()
    {
        using var credentials = new SaslCredentials("user", "pencil");
        using var client = new LoginClient(credentials, SaslPreparation.OpaqueString);
        await client.BeginAsync();
        await client.AnswerAsync(Exchange.Utf8("Username:"));
        await client.AnswerAsync(Exchange.Utf8("Password:"));
        Assert.Equal(SaslClientFailure.UnexpectedChallenge, Exchange.Reason(await client.AnswerAsync(Exchange.Utf8("Password:"))));
    }

    private static (string, string, string) Success(SaslServerStep step)
    {
        var success = Assert.IsType<SaslServerStep.Succeeded>(step);
        return (success.Identity, success.AuthorizationIdentity, success.Mechanism);
    }

    private static LoginServer Server() =>
        new(new ScramPasswordVerifier(Store, new SaslServerOptions { Iterations = 4096 }), new SaslAuthority(SaslPreparation.OpaqueString, null));
}
