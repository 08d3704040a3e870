using Mail.Security.Sasl;
using Mail.Security.SmtpServer;

namespace Interop.Tests.Authentication;

/// <summary>
/// Postfix logs in at our server with Cyrus SASL as the client. It binds nothing and takes the strongest mechanism without -PLUS; that our server offers -PLUS names too must not keep it
/// out.
/// </summary>
public sealed class PostfixLoginTests(PostfixLoginWorld world) : IClassFixture<PostfixLoginWorld>
{
    [Theory, Trait("rfc", "4954#4"), Trait("rfc", "5802#6")]
    [InlineData("all.test", SaslMechanisms.ScramSha512)]
    [InlineData("usual.test", SaslMechanisms.ScramSha256)]
    [InlineData("scram-sha-512.test", SaslMechanisms.ScramSha512)]
    [InlineData("scram-sha-256.test", SaslMechanisms.ScramSha256)]
    [InlineData("scram-sha-1.test", SaslMechanisms.ScramSha1)]
    [InlineData("cram-md5.test", SaslMechanisms.CramMd5)]
    [InlineData("plain.test", SaslMechanisms.Plain)]
    [InlineData("login.test", SaslMechanisms.Login)]
    public async Task Send_ToAServerThatWantsALogin_ArrivesAsTheAccounts(string domain, string mechanism)
    {
        PostfixLoginWorld.Require();
        var letter = Letter.Make("dots");

        await SubmitAsync(domain, letter);

        var arrival = await world[domain].TakeAsync(letter.Mark, world.Postfix.Log);
        arrival.AssertIs(letter.Content, letter.Mark);
        Assert.Equal((new SmtpAuthentication(Accounts.Ann, Accounts.Ann, mechanism), "ESMTPSA"), (arrival.Login, arrival.Protocol));
    }

    [Fact, Trait("rfc", "4954#6")]
    public async Task Send_WithAWrongPassword_Waits()
    {
        PostfixLoginWorld.Require();

        await SubmitAsync(PostfixLoginWorld.WrongPassword, Letter.Make("plain"));

        Assert.NotNull(await world.Postfix.WaitForLogAsync($"to=<bob@{PostfixLoginWorld.WrongPassword}>", "status=deferred (SASL authentication failed; server ", "said: 535 5.7.8 "));
        Assert.Empty(world[PostfixLoginWorld.WrongPassword].Logins);
    }

    private static Task SubmitAsync(string domain, Letter letter) =>
        RawClient.SubmitAsync(PostfixLoginWorld.Submission, "MAIL FROM:<ann@client.test>", [$"RCPT TO:<bob@{domain}>"], letter);
}
