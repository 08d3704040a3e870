using MailKit.Security;

namespace Mail.Security.Sasl.Tests;

/// <summary>The client half of MailKit against our server half.</summary>
public sealed class MailKitClientTests
{
    [Theory]
    [InlineData("SCRAM-SHA-1", "user", "pencil")]
    [InlineData("SCRAM-SHA-256", "user", "pencil")]
    [InlineData("SCRAM-SHA-512", "user", "pencil")]
    [InlineData("SCRAM-SHA-256", "u,s=er", "p,e=n cil")]
    [InlineData("SCRAM-SHA-256", "ann@bücher.example", "πßå ♦")]
    [InlineData("CRAM-MD5", "user", "pencil")]
    [InlineData("PLAIN", "user", "pencil")]
    [InlineData("PLAIN", "ann@bücher.example", "πßå ♦")]
    [InlineData("LOGIN", "user", "pencil")]
    public async Task Authenticate_RightPassword_SucceedsOnBothEnds(string mechanism, string userName, string password)
    {
        var accounts = Accounts.With(userName, password, Enum.GetValues<ScramHash>());
        var client = Client(mechanism, userName, password);
        var success = Assert.IsType<SaslServerStep.Succeeded>(await RunAsync(accounts, client));
        Assert.Equal((userName, mechanism), (success.Identity, success.Mechanism));
        Assert.True(client.IsAuthenticated);
    }

    [Theory]
    [InlineData("SCRAM-SHA-1")]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("SCRAM-SHA-512")]
    [InlineData("CRAM-MD5")]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    public async Task Authenticate_WrongPassword_IsRefused(string mechanism)
    {
        var accounts = Accounts.With("user", "pencil", Enum.GetValues<ScramHash>());
        Assert.Equal(SaslFailure.InvalidCredentials, Exchange.Reason(await RunAsync(accounts, Client(mechanism, "user", "pen"))));
    }

    private static async Task<SaslServerStep> RunAsync(Accounts accounts, SaslMechanism client)
    {
        var factory = new SaslServerFactory(accounts, new SaslServerOptions { Mechanisms = SaslMechanisms.StrongestFirst, SecretStore = accounts, Iterations = 4096 });
        Assert.True(factory.TryCreate(client.MechanismName, new SaslServerChannel(SaslProtection.Encrypted), out var server));
        using (server)
        {
            var token = TestContext.Current.CancellationToken;
            var step = client.SupportsInitialResponse ? await server.StartWithAsync(Answer(client, null), token) : await server.StartAsync(token);
            while (step is SaslServerStep.Challenge challenge)
                step = await server.RespondAsync(Answer(client, Convert.ToBase64String(challenge.Data.Span)), token);
            return step;
        }
    }

    private static byte[] Answer(SaslMechanism client, string? challenge) => Convert.FromBase64String(client.Challenge(challenge, TestContext.Current.CancellationToken) ?? "");

    private static SaslMechanism Client(string mechanism, string userName, string password) => mechanism switch
    {
        "SCRAM-SHA-1" => new SaslMechanismScramSha1(userName, password),
        "SCRAM-SHA-256" => new SaslMechanismScramSha256(userName, password),
        "SCRAM-SHA-512" => new SaslMechanismScramSha512(userName, password),
        "CRAM-MD5" => new SaslMechanismCramMd5(userName, password),
        "PLAIN" => new SaslMechanismPlain(userName, password),
        _ => new SaslMechanismLogin(userName, password),
    };
}
