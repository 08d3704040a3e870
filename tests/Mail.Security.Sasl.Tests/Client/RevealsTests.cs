namespace Mail.Security.Sasl.Tests;

/// <summary>What a server repeats of a login is found, whatever piece of it.</summary>
public sealed class RevealsTests
{
    // AGFubgBjb3JyZWN0IGhvcnNl is "\0ann\0correct horse".
    [Theory]
    [InlineData("PLAIN", "5.7.8 no: AGFubgBjb3JyZWN0IGhvcnNl", true)]
    [InlineData("PLAIN", "5.5.4 AUTH PLAIN AGFubgBjb3JyZWN0I... is too long", true)]      // cut off
    [InlineData("PLAIN", "5.7.8 xxAGFubgBjb3JyZWN0IGhvcnNlxx", true)]
    [InlineData("PLAIN", "5.7.8 b3JyZWN0", true)]                                          // eight letters from the middle, were they chance
    [InlineData("PLAIN", "5.7.8 AGFubg", false)]                                           // less says nothing
    [InlineData("PLAIN", "5.7.8 the password 'correct horse' is wrong", true)]
    [InlineData("PLAIN", "5.7.8 Username and Password not accepted. Learn more at https://support.example/answer/14257", false)]
    [InlineData("PLAIN", "", false)]
    [InlineData("LOGIN", "5.7.8 ann/correct horse", true)]
    [InlineData("LOGIN", "5.7.8 Y29ycmVjdCBob3JzZQ==", true)]
    [InlineData("LOGIN", "5.7.8 no such user ann", false)]
    [InlineData("XOAUTH2", "5.7.8 correct-horse is expired", true)]
    [InlineData("XOAUTH2", "5.7.8 dXNlcj1hbm4BYXV0aD1CZWFyZXIgY29ycmVjdC1ob3JzZQEB", true)]
    [InlineData("XOAUTH2", "5.7.8 expired", false)]
    [InlineData("SCRAM-SHA-256", "5.7.8 bad correct horse", false)]                        // it never had the password: by chance
    public async Task Reveals_AServersText_FindsWhatWasSent(string mechanism, string text, bool expected)
    {
        using var client = await AnsweredAsync(mechanism);
        Assert.Equal(expected, client.Reveals(text));
    }

    [Fact]
    public async Task Reveals_BeforeAnythingIsSentAndAfterTheEnd_Nothing()
    {
        using var credentials = new SaslCredentials("ann", "correct horse");
        using var client = new PlainClient(credentials, SaslPreparation.OpaqueString);
        Assert.False(client.Reveals("correct horse"));
        await client.BeginAsync();
        Assert.True(client.Reveals("correct horse"));
        client.Dispose();
        Assert.False(client.Reveals("correct horse"));
    }

    private static async Task<SaslClient> AnsweredAsync(string mechanism)
    {
        var credentials = mechanism == "XOAUTH2" ? SaslCredentials.Token("ann", new SaslToken("correct-horse")) : new SaslCredentials("ann", "correct horse");
        var client = Assert.IsType<SaslSelection.Selected>(new SaslClientSelector().Select(credentials, [mechanism], new SaslClientChannel(SaslProtection.Verified))).Client;
        if (await client.BeginAsync() is SaslClientStep.AwaitChallenge)
        {
            await client.AnswerAsync([]);
            await client.AnswerAsync([]);
        }
        return client;
    }
}
