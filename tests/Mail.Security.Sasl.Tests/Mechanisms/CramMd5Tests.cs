using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Sasl.Tests;

public sealed class CramMd5Tests
{
    private const string Challenge = "<1896.697170952@postoffice.reston.mci.net>";       // RFC 2195 §2
    private const string Response = "tim b913a602c7eda7a495b4e6e7334d3890";

    private static readonly Accounts Store = Accounts.With("tim", "tanstaaftanstaaf");

    [Fact]
    [Trait("rfc", "2195#2")]
    public async Task Client_ExchangeOfTheRfc_SendsTheSameOctets()
    {
        using var credentials = new SaslCredentials("tim", "tanstaaftanstaaf");
        using var client = new CramMd5Client(credentials, SaslPreparation.OpaqueString);
        Assert.IsType<SaslClientStep.AwaitChallenge>(await client.BeginAsync());
        Assert.Equal(Response, Exchange.Text(await client.AnswerAsync(Exchange.Utf8(Challenge))));
        Assert.IsType<SaslClientStep.Authenticated>(await client.FinishAsync());
    }

    [Theory]
    [InlineData(Response, null)]
    [InlineData("", SaslFailure.Malformed)]
    [InlineData("tim", SaslFailure.Malformed)]
    [InlineData(" b913a602c7eda7a495b4e6e7334d3890", SaslFailure.Malformed)]
    [InlineData("timb913a602c7eda7a495b4e6e7334d3890", SaslFailure.Malformed)]
    [InlineData("tim B913A602C7EDA7A495B4E6E7334D3890", SaslFailure.Malformed)]
    [InlineData("tim b913a602c7eda7a495b4e6e7334d389", SaslFailure.Malformed)]
    [InlineData("tim b913a602c7eda7a495b4e6e7334d3890 ", SaslFailure.Malformed)]
    [InlineData("tim b913a602c7eda7a495b4e6e7334d3891", SaslFailure.InvalidCredentials)]
    [InlineData("tom b913a602c7eda7a495b4e6e7334d3890", SaslFailure.InvalidCredentials)]
    [InlineData("t\u0007m b913a602c7eda7a495b4e6e7334d3890", SaslFailure.InvalidEncoding)]
    [Trait("rfc", "2195#2")]
    public async Task Server_Response_SucceedsOrFailsByName(string response, SaslFailure? reason)
    {
        using var server = Server(Store);
        Assert.Equal(Challenge, Exchange.Text(await server.StartAsync(TestContext.Current.CancellationToken)));
        var step = await server.RespondAsync(response);
        if (reason is null)
            Assert.Equal("tim", Assert.IsType<SaslServerStep.Succeeded>(step).AuthorizationIdentity);
        else
            Assert.Equal(reason, Exchange.Reason(step));
    }

    [Fact]
    [Trait("rfc", "4954#4")]
    public async Task Server_InitialResponse_IsRefused()
    {
        using var server = Server(Store);
        Assert.Equal(SaslFailure.UnexpectedInitialResponse, Exchange.Reason(await server.StartAsync(Response)));
    }

    [Fact]
    public async Task Server_StoreThatIsDown_IsNoRefusal()
    {
        using var server = Server(new Accounts { Down = true });
        await server.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(SaslFailure.Unavailable, Exchange.Reason(await server.RespondAsync(Response)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("challenge")]
    [InlineData("<>")]
    [InlineData("<@>")]
    [InlineData("<a@>")]
    [InlineData("<@a>")]
    [InlineData("<a@b")]
    [InlineData("a@b>")]
    [InlineData("<a b@c>")]
    [InlineData("<a@b><c@d>")]
    [InlineData("<a@é>")]
    [InlineData("<a@b>\r\n")]
    [Trait("rfc", "2195#2")]
    public async Task Client_ChallengeThatIsNoMessageIdentifier_IsNotAnswered(string challenge)
    {
        using var credentials = new SaslCredentials("tim", "tanstaaftanstaaf");
        using var client = new CramMd5Client(credentials, SaslPreparation.OpaqueString);
        await client.BeginAsync();
        Assert.Equal(SaslClientFailure.Malformed, Exchange.Reason(await client.AnswerAsync(Exchange.Utf8(challenge))));
    }

    [Fact]
    public void NewChallenge_Twice_IsTimedAndNeverTheSame()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(697170952));
        var first = CramMd5Server.NewChallenge("mx.example", time);
        Assert.Matches("^<[0-9a-f]{32}\\.697170952@mx\\.example>$", first);
        Assert.NotEqual(first, CramMd5Server.NewChallenge("mx.example", time));
        Assert.True(CramMd5.IsChallenge(Exchange.Utf8(first)));
    }

    [Theory]
    [InlineData("tim with spaces", "p")]
    [InlineData("тим", "a password that is much longer than the sixty-four octets of a block of MD5 ½")]
    public async Task Exchange_NamesAndPasswords_Authenticate(string userName, string password)
    {
        using var credentials = new SaslCredentials(userName, password);
        using var client = new CramMd5Client(credentials, SaslPreparation.OpaqueString);
        using var server = Server(Accounts.With(userName, password));
        Assert.True((await Exchange.RunAsync(client, server)).Authenticated);
    }

    [Property(MaxTest = 200)]
    public async Task Server_AnyResponse_NeverThrowsAndNeverSucceeds(byte[] response)
    {
        using var server = Server(Store);
        await server.StartAsync();
        Assert.IsType<SaslServerStep.Failed>(await server.RespondAsync(response));
    }

    private static CramMd5Server Server(Accounts accounts) => new(accounts, new SaslAuthority(SaslPreparation.OpaqueString, null), Challenge);
}
