using Mail.Security.Sasl;
using Mail.Security.Transports;

namespace Interop.Tests.Authentication;

/// <summary>
/// Our client logs in at Postfix over Cyrus SASL. Postfix does not tell Cyrus of its channel, so no -PLUS name is offered although the configuration asks for them; our client, which
/// could bind, says so in every SCRAM login ("y", RFC 5802 §6).
/// </summary>
[Collection(nameof(CyrusWorld))]
public sealed class CyrusTests(CyrusWorld world)
{
    public static TheoryData<string, TlsUse, string> Logins => new MatrixTheoryData<string, TlsUse, string>(
        [SaslMechanisms.ScramSha512, SaslMechanisms.ScramSha256, SaslMechanisms.ScramSha1, SaslMechanisms.CramMd5, SaslMechanisms.Plain, SaslMechanisms.Login],
        [TlsUse.StartTls, TlsUse.Implicit], [Accounts.Uwe, Accounts.Odd]);

    [Theory, MemberData(nameof(Logins)), Trait("rfc", "5802#6"), Trait("rfc", "4954#4")]
    public async Task LogIn_ByEachMechanism_TheMessageArrives(string mechanism, TlsUse tls, string name)
    {
        CyrusWorld.Require();
        using var credentials = Accounts.Of(name);

        await AssertArrivesAsync(At(tls, credentials).By(mechanism), mechanism, name);
    }

    [Theory]
    [InlineData(TlsUse.StartTls)]
    [InlineData(TlsUse.Implicit)]
    public async Task LogIn_ByDefault_TakesTheStrongest(TlsUse tls)
    {
        CyrusWorld.Require();
        using var credentials = Accounts.Of(Accounts.Ann);

        await AssertArrivesAsync(At(tls, credentials), SaslMechanisms.ScramSha512, Accounts.Ann);
    }

    [Theory, Trait("rfc", "4954#6")]
    [InlineData(SaslMechanisms.ScramSha512)]
    [InlineData(SaslMechanisms.ScramSha256)]
    [InlineData(SaslMechanisms.ScramSha1)]
    [InlineData(SaslMechanisms.CramMd5)]
    [InlineData(SaslMechanisms.Plain)]
    [InlineData(SaslMechanisms.Login)]
    public async Task LogIn_WrongPasswordOrUnknownUser_CredentialsRefused(string mechanism)
    {
        CyrusWorld.Require();
        foreach (var (name, password) in new[] { (Accounts.Ann, "battery staple"), (Accounts.Nobody, Accounts.Password) })
        {
            using var credentials = new SaslCredentials(name, password);

            var failure = await At(TlsUse.Implicit, credentials).By(mechanism).FailAsync();

            Assert.Equal((SessionFailureKind.CredentialsRefused, SmtpStage.Authentication, 535), (failure.Kind, failure.Stage, failure.Reply?.Code));
            Assert.DoesNotContain(password, failure.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory, Trait("rfc", "4954#4")]
    [InlineData(SaslMechanisms.Plain)]
    [InlineData(SaslMechanisms.Login)]
    [InlineData(SaslMechanisms.CramMd5)]
    public async Task LogIn_PeerNotVerified_NothingIsSaid(string mechanism)
    {
        CyrusWorld.Require();
        var name = $"u{Guid.NewGuid():N}@client.test";
        using var credentials = new SaslCredentials(name, Accounts.Password);

        var failure = await (At(TlsUse.StartTls, credentials).By(mechanism) with { Verifier = UnauthenticatedVerifier.Instance }).FailAsync();

        Assert.Equal((SessionFailureKind.NoMutualMechanism, null), (failure.Kind, failure.Reply));
        Assert.DoesNotContain(name, world.Postfix.Log(), StringComparison.Ordinal);
    }

    [Fact, Trait("rfc", "5802#6")]
    public async Task LogIn_OnlyBoundLoginsAllowed_NoneIsOffered()
    {
        CyrusWorld.Require();
        using var credentials = Accounts.Of(Accounts.Ann);

        var failure = await At(TlsUse.Implicit, credentials).By(SaslMechanisms.ScramSha256Plus).FailAsync();

        Assert.Equal(SessionFailureKind.NoMutualMechanism, failure.Kind);
        Assert.DoesNotContain("-PLUS", failure.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogIn_AgainWithACacheOfKeys_TheMessageArrives()
    {
        CyrusWorld.Require();
        using var credentials = Accounts.Of(Accounts.Ann);
        var cache = new ScramKeyCache();

        // Cyrus has a new salt for each login of an account whose password it keeps: a key remembered for another salt is of no use, and must do no harm.
        for (var turn = 0; turn < 3; turn++)
            await AssertArrivesAsync(At(TlsUse.Implicit, credentials).By(SaslMechanisms.ScramSha256, cache), SaslMechanisms.ScramSha256, Accounts.Ann);
    }

    private static Submission At(TlsUse tls, SaslCredentials credentials) =>
        new(tls == TlsUse.Implicit ? CyrusWorld.Submission.Implicit : CyrusWorld.Submission.StartTls, credentials) { Tls = tls };

    private async Task AssertArrivesAsync(Submission submission, string mechanism, string name)
    {
        var letter = Letter.Make("dots");
        await using var session = await submission.LogInAsync();
        Assert.Equal(mechanism, session.AuthenticationMechanism);

        var reply = await Submission.SendAsync(session, letter);

        // What Postfix says of it: the message came from this account by this mechanism.
        var id = reply.Split("queued as ")[1].Trim();
        Assert.NotNull(await world.Postfix.WaitForLogAsync($"{id}: client=", $"sasl_method={mechanism}, sasl_username={name}"));
        var message = await world.Postfix.WaitForMessageAsync(letter.Mark);
        Assert.Contains($"(Authenticated sender: {name})", message, StringComparison.Ordinal);
        Assert.EndsWith("\n.\n\n", message, StringComparison.Ordinal);
    }
}
