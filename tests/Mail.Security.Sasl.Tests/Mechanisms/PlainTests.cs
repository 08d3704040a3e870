using System.Text;
using FsCheck;
using FsCheck.Xunit;

namespace Mail.Security.Sasl.Tests;

public sealed class PlainTests
{
    private static readonly Accounts Store = Accounts.With("tim", "tanstaaftanstaaf");

    [Theory]
    [InlineData("\0tim\0tanstaaftanstaaf", "tim")]                 // RFC 4616 §4, first example
    [InlineData("tim\0tim\0tanstaaftanstaaf", "tim")]
    [InlineData("boss\0tim\0tanstaaftanstaaf", "boss")]
    [Trait("rfc", "4616#4")]
    public async Task Server_RightMessage_Succeeds(string message, string actsAs)
    {
        using var server = Server();
        var success = Assert.IsType<SaslServerStep.Succeeded>(await server.StartAsync(message));
        Assert.Equal(("tim", actsAs, "PLAIN"), (success.Identity, success.AuthorizationIdentity, success.Mechanism));
    }

    [Theory]
    [InlineData("", SaslFailure.Malformed)]
    [InlineData("tim", SaslFailure.Malformed)]
    [InlineData("\0tim", SaslFailure.Malformed)]
    [InlineData("\0tim\0", SaslFailure.Malformed)]
    [InlineData("\0\0tanstaaftanstaaf", SaslFailure.Malformed)]
    [InlineData("\0tim\0tanstaaftanstaaf\0", SaslFailure.Malformed)]
    [InlineData("\0tim\0a\0b", SaslFailure.Malformed)]
    [InlineData("\0t\u0007im\0tanstaaftanstaaf", SaslFailure.InvalidEncoding)]
    [InlineData("b\u0007ss\0tim\0tanstaaftanstaaf", SaslFailure.InvalidEncoding)]
    [InlineData("\0tim\0tanstaaftanstaa", SaslFailure.InvalidCredentials)]
    [InlineData("\0Tim\0tanstaaftanstaaf", SaslFailure.InvalidCredentials)]
    [InlineData("\0tom\0tanstaaftanstaaf", SaslFailure.InvalidCredentials)]
    [InlineData("\0tim\0tab\tin it", SaslFailure.InvalidCredentials)]
    [InlineData("root\0tim\0tanstaaftanstaaf", SaslFailure.NotAuthorized)]
    [InlineData("boss\0tim\0wrong", SaslFailure.InvalidCredentials)]           // the password comes first
    [Trait("rfc", "4616#2")]
    public async Task Server_WrongMessage_FailsByName(string message, SaslFailure reason)
    {
        using var server = Server();
        Assert.Equal(reason, Exchange.Reason(await server.StartAsync(message)));
    }

    [Fact]
    public async Task Server_InvalidUtf8_IsMalformed()
    {
        using var server = Server();
        Assert.Equal(SaslFailure.Malformed, Exchange.Reason(await server.StartWithAsync((byte[])[0, (byte)'t', 0, 0xC3, 0x28], TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Server_NothingWithTheCommand_AsksWithAnEmptyChallenge()
    {
        using var server = Server();
        Assert.Equal("", Exchange.Text(await server.StartAsync(TestContext.Current.CancellationToken)));
        Assert.IsType<SaslServerStep.Succeeded>(await server.RespondAsync("\0tim\0tanstaaftanstaaf"));
    }

    [Fact]
    [Trait("rfc", "4616#2")]
    public async Task Server_NamesAndPasswordOf255Octets_AreTaken()
    {
        var name = new string('n', 255);
        var password = new string('p', 255);
        using var server = Server(Accounts.With(name, password));
        Assert.IsType<SaslServerStep.Succeeded>(await server.StartAsync($"{name}\0{name}\0{password}"));
    }

    [Fact]
    public async Task Server_StoreThatIsDown_IsNoRefusal()
    {
        using var server = Server(new Accounts { Down = true });
        Assert.Equal(SaslFailure.Unavailable, Exchange.Reason(await server.StartAsync("\0tim\0tanstaaftanstaaf")));
    }

    [Property(MaxTest = 300)]
    public void TryRead_AnyOctets_SplitsThemAsTheyCame(byte[] message)
    {
        if (!PlainServer.TryRead(message, out var read))
            return;
        Assert.Equal(message, [.. read.AuthorizationIdentity.Span, 0, .. read.UserName.Span, 0, .. read.Password.Span]);
        Assert.False(read.UserName.IsEmpty || read.Password.IsEmpty);
    }

    [Property(MaxTest = 100)]
    public async Task Exchange_AnyNameAndPassword_ArriveAsTheyAre(NonEmptyString userName, NonEmptyString password)
    {
        if (userName.Get.Any(char.IsSurrogate) || password.Get.Any(char.IsSurrogate))
            return;
        var verifier = new Recorder();
        using var credentials = new SaslCredentials(userName.Get, password.Get);
        using var client = new PlainClient(credentials, SaslPreparation.None);
        using var server = new PlainServer(verifier, new SaslAuthority(SaslPreparation.None, null));
        var end = await Exchange.RunAsync(client, server);
        if (userName.Get.Contains('\0') || password.Get.Contains('\0'))
            Assert.Equal(SaslClientFailure.CredentialsUnusable, Exchange.Reason(end.Client));
        else
            Assert.Equal((true, userName.Get, password.Get), (end.Authenticated, verifier.UserName, verifier.Password));
    }

    [Fact]
    public async Task Client_Dispose_ClearsTheMessage()
    {
        using var credentials = new SaslCredentials("tim", "tanstaaftanstaaf");
        var client = new PlainClient(credentials, SaslPreparation.OpaqueString);
        var message = Assert.IsType<SaslClientStep.Send>(await client.BeginAsync()).Data;
        Assert.Equal("\0tim\0tanstaaftanstaaf", Exchange.Text(message));
        client.Dispose();
        Assert.All(message.ToArray(), octet => Assert.Equal(0, octet));
    }

    [Fact]
    public async Task Client_AnyChallenge_IsUnexpected()
    {
        using var credentials = new SaslCredentials("tim", "tanstaaftanstaaf");
        using var client = new PlainClient(credentials, SaslPreparation.OpaqueString);
        await client.BeginAsync();
        Assert.Equal(SaslClientFailure.UnexpectedChallenge, Exchange.Reason(await client.AnswerAsync(Exchange.Utf8("more?"))));
    }

    private static PlainServer Server(Accounts? accounts = null) =>
        new(new ScramPasswordVerifier(accounts ?? Store, new SaslServerOptions { Iterations = 4096 }), new SaslAuthority(SaslPreparation.OpaqueString, new Authorizer("tim", "boss")));

    private sealed class Recorder : ISaslPasswordVerifier
    {
        public string? UserName { get; private set; }

        public string? Password { get; private set; }

        public ValueTask<SaslVerdict> VerifyAsync(string userName, ReadOnlyMemory<byte> password, CancellationToken cancellationToken = default)
        {
            (UserName, Password) = (userName, Encoding.UTF8.GetString(password.Span));
            return ValueTask.FromResult(SaslVerdict.Accepted);
        }
    }
}
