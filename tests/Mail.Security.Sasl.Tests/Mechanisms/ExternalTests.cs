namespace Mail.Security.Sasl.Tests;

public sealed class ExternalTests
{
    [Theory]
    [InlineData("", "fred@example.com", null)]
    [InlineData("fred@example.com", "fred@example.com", null)]
    [InlineData("boss@example.com", "boss@example.com", null)]
    [InlineData("root@example.com", null, SaslFailure.NotAuthorized)]
    [InlineData("fr\0ed", null, SaslFailure.InvalidEncoding)]
    [Trait("rfc", "4422#A.1")]
    public async Task Exchange_AuthorizationIdentity_IsDecided(string authorizationIdentity, string? actsAs, SaslFailure? reason)
    {
        using var server = Server();
        var step = await server.StartAsync(authorizationIdentity);
        if (reason is null)
            Assert.Equal(("fred@example.com", actsAs), (Assert.IsType<SaslServerStep.Succeeded>(step).Identity, ((SaslServerStep.Succeeded)step).AuthorizationIdentity));
        else
            Assert.Equal(reason, Exchange.Reason(step));
    }

    [Fact]
    [Trait("rfc", "4422#A.2")]
    public async Task Server_NothingWithTheCommand_AsksWithAnEmptyChallenge()
    {
        using var server = Server();
        Assert.Equal("", Exchange.Text(await server.StartAsync(TestContext.Current.CancellationToken)));
        Assert.IsType<SaslServerStep.Succeeded>(await server.RespondAsync(""));
    }

    [Fact]
    public async Task Client_WithoutAuthorizationIdentity_SendsAnEmptyResponse()
    {
        using var credentials = SaslCredentials.External();
        using var client = new ExternalClient(credentials);
        Assert.Equal("", Exchange.Text(await client.BeginAsync()));
        Assert.IsType<SaslClientStep.Authenticated>(await client.FinishAsync());
    }

    [Fact]
    public async Task Client_WithNulInTheIdentity_SendsNothing()
    {
        using var credentials = SaslCredentials.External("a\0b");
        using var client = new ExternalClient(credentials);
        Assert.Equal(SaslClientFailure.CredentialsUnusable, Exchange.Reason(await client.BeginAsync()));
    }

    private static ExternalServer Server() => new("fred@example.com", new SaslAuthority(SaslPreparation.OpaqueString, new Authorizer("fred@example.com", "boss@example.com")));
}
