using FsCheck.Xunit;

namespace Mail.Security.Sasl.Tests;

/// <summary>Whatever is said to either half, it answers with a step.</summary>
public sealed class AnyConversationTests
{
    private static readonly Accounts Store = Accounts.With("user", "pencil", Enum.GetValues<ScramHash>());

    private static readonly SaslServerFactory Factory = new(Store, new SaslServerOptions { Mechanisms = SaslMechanisms.StrongestFirst, SecretStore = Store, Iterations = 4096 });

    private static readonly SaslServerChannel Channel = new(SaslProtection.Verified) { Bindings = [Scram.Binding], ExternalIdentity = "user" };

    private static readonly byte[][] Parts =
    [
        .. new[]
        {
            "", "user", "pencil", "\0", "\0user\0pencil", "user 0123456789abcdef0123456789abcdef", "n,,", "y,,", "p=tls-server-end-point,,", "a=user", ",", "=", "n=user", ",r=abcdefgh", "c=biws", "s=AAECAwQFBgcICQoLDA0ODw==",
            ",i=4096", ",p=AAAA", "v=AAAA", "e=other-error", "m=", "=2C", "=3D", "<1.2@example.org>", "\uFFFE", "\uFFFF", "\uFDD0", "\U0001FFFE", "e\u0301", "\u00AD", "\u0627", "\u202E", "½", "\U000E0041", "Username:",
        }.Select(Exchange.Utf8),
        [0xFF], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80],
    ];

    [Property(MaxTest = 300)]
    public async Task Server_AnyMessages_AnswersEach(byte mechanism, byte[][] messages)
    {
        var offered = Factory.Offer(Channel);
        Assert.True(Factory.TryCreate(offered[mechanism % offered.Count], Channel, out var server));
        using (server)
        {
            SaslServerStep? step = mechanism < 128 ? await server.StartAsync(TestContext.Current.CancellationToken) : null;
            foreach (var message in messages.OfType<byte[]>().Select(Join))
            {
                if (step is not (null or SaslServerStep.Challenge))
                    break;
                step = step is null ? await server.StartWithAsync(message) : await server.RespondAsync(message);
                Assert.NotNull(step);
            }
        }
    }

    [Property(MaxTest = 300)]
    public async Task Client_AnyChallenges_AnswersEachAndNeverBelievesAForgedServer(byte mechanism, byte[][] challenges)
    {
        var name = SaslMechanisms.StrongestFirst[mechanism % SaslMechanisms.StrongestFirst.Count];
        using var credentials = SaslMechanisms.KindOf(name) switch
        {
            SaslCredentialKind.External => SaslCredentials.External("user"),
            SaslCredentialKind.Token => SaslCredentials.Token("user", new SaslToken("pencil")),
            _ => new SaslCredentials("user", "pencil"),
        };
        using var client = Assert.IsType<SaslSelection.Selected>(new SaslClientSelector().Select(credentials, [name], new SaslClientChannel(SaslProtection.Verified, Scram.Binding))).Client;
        var step = await client.BeginAsync();
        foreach (var challenge in challenges.OfType<byte[]>().Select(Join))
        {
            if (step is SaslClientStep.Failed)
                return;
            step = await client.AnswerAsync(challenge);
            Assert.NotNull(step);
        }
        if (step is not SaslClientStep.Failed && name.StartsWith("SCRAM", StringComparison.Ordinal))
            Assert.Equal(SaslClientFailure.ServerNotAuthenticated, Exchange.Reason(await client.FinishAsync()));
    }

    private static byte[] Join(byte[] choice) => [.. choice.SelectMany(index => Parts[index % Parts.Length])];
}
