using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Sasl.Tests;

public sealed class ScramPasswordVerifierTests
{
    private static readonly SaslServerOptions Few = new() { Iterations = 4096, VerifiedPasswords = 2 };

    [Fact]
    public async Task Verify_TheSamePasswordAgain_DerivesOnce()
    {
        var verifier = new ScramPasswordVerifier(Accounts.With("user", "pencil"), Few);
        Assert.Equal(SaslVerdict.Accepted, await VerifyAsync(verifier, "user", "pencil"));
        Assert.Equal(SaslVerdict.Accepted, await VerifyAsync(verifier, "user", "pencil"));
        Assert.Equal(1, verifier.Derivations);
    }

    [Theory]
    [InlineData("user", "pencil ")]
    [InlineData("use", "rpencil")]           // the parts are not merely strung together
    [InlineData("user2", "pencil")]
    public async Task Verify_AnotherPasswordOrName_IsNeverRemembered(string userName, string password)
    {
        var verifier = new ScramPasswordVerifier(Accounts.With("user", "pencil"), Few);
        await VerifyAsync(verifier, "user", "pencil");
        Assert.Equal(SaslVerdict.Refused, await VerifyAsync(verifier, userName, password));
        Assert.Equal(SaslVerdict.Refused, await VerifyAsync(verifier, userName, password));
        Assert.Equal((3, 1), (verifier.Derivations, verifier.Remembered));
    }

    [Fact]
    public async Task Verify_UnknownUser_CostsWhatAWrongPasswordCosts()
    {
        var verifier = new ScramPasswordVerifier(Accounts.With("user", "pencil"), Few);
        await VerifyAsync(verifier, "nobody", "pencil");
        Assert.Equal(1, verifier.Derivations);
        await VerifyAsync(verifier, "user", "wrong");
        Assert.Equal(2, verifier.Derivations);
    }

    [Fact]
    public async Task Verify_CredentialChanged_ForgetsTheOldPasswordAtOnce()
    {
        var accounts = Accounts.With("user", "pencil");
        var verifier = new ScramPasswordVerifier(accounts, Few);
        await VerifyAsync(verifier, "user", "pencil");
        accounts.Set("user", "pen", ScramHash.Sha256);
        Assert.Equal(SaslVerdict.Refused, await VerifyAsync(verifier, "user", "pencil"));
        Assert.Equal(SaslVerdict.Accepted, await VerifyAsync(verifier, "user", "pen"));
    }

    [Fact]
    public async Task Verify_AfterTheLifetime_DerivesAgain()
    {
        var time = new FakeTimeProvider();
        var verifier = new ScramPasswordVerifier(Accounts.With("user", "pencil"), Few, time);
        await VerifyAsync(verifier, "user", "pencil");
        time.Advance(Few.VerifiedPasswordLifetime - TimeSpan.FromTicks(1));
        await VerifyAsync(verifier, "user", "pencil");
        Assert.Equal(1, verifier.Derivations);
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(SaslVerdict.Accepted, await VerifyAsync(verifier, "user", "pencil"));
        Assert.Equal(2, verifier.Derivations);
    }

    [Fact]
    public async Task Verify_ManyUsers_RemembersTheLastOnes()
    {
        var accounts = new Accounts();
        var verifier = new ScramPasswordVerifier(accounts, Few);
        foreach (var user in new[] { "a", "b", "c" })
        {
            accounts.Set(user, "pencil", ScramHash.Sha256);
            await VerifyAsync(verifier, user, "pencil");
        }
        Assert.Equal(2, verifier.Remembered);
        await VerifyAsync(verifier, "c", "pencil");
        Assert.Equal(3, verifier.Derivations);
        await VerifyAsync(verifier, "a", "pencil");
        Assert.Equal(4, verifier.Derivations);
    }

    [Fact]
    public async Task Verify_NothingToBeRemembered_DerivesEveryTime()
    {
        var verifier = new ScramPasswordVerifier(Accounts.With("user", "pencil"), new SaslServerOptions { Iterations = 4096, VerifiedPasswords = 0 });
        await VerifyAsync(verifier, "user", "pencil");
        await VerifyAsync(verifier, "user", "pencil");
        Assert.Equal((2, 0), (verifier.Derivations, verifier.Remembered));
    }

    [Theory]
    [InlineData("user", "pen")]
    [InlineData("nobody", "pen")]
    public async Task Verify_WhileEveryPlaceIsTaken_WaitsAndWhatIsRememberedDoesNot(string userName, string password)
    {
        var verifier = new ScramPasswordVerifier(Accounts.With("user", "pencil"), new SaslServerOptions { Iterations = 4096, ConcurrentVerifications = 1 });
        Assert.Equal(SaslVerdict.Accepted, await VerifyAsync(verifier, "user", "pencil"));
        await verifier.Places.WaitAsync(TestContext.Current.CancellationToken);
        using var patience = new CancellationTokenSource();

        var (left, waiting) = (verifier.VerifyAsync(userName, Exchange.Utf8(password), patience.Token).AsTask(), VerifyAsync(verifier, userName, password));
        Assert.Equal((false, 1), (waiting.IsCompleted, verifier.Derivations));
        Assert.Equal(SaslVerdict.Accepted, await VerifyAsync(verifier, "user", "pencil"));
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.Equal(1, verifier.Derivations);

        verifier.Places.Release();
        Assert.Equal(SaslVerdict.Refused, await waiting);
        Assert.Equal((2, 1), (verifier.Derivations, verifier.Places.CurrentCount));
    }

    [Fact]
    public void Constructor_NoPlaces_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ScramPasswordVerifier(new Accounts(), new SaslServerOptions { ConcurrentVerifications = 0 }));

    [Fact]
    [Trait("rfc", "4616#2")]
    public async Task Verify_PasswordStoredBySaslPrep_IsFoundBySecondTry()
    {
        Assert.True(ScramCredential.TryCreate(ScramHash.Sha256, Exchange.Utf8("½"), 4096, SaslPreparation.SaslPrep, out var credential));
        var accounts = new Accounts();
        accounts.Set("user", credential);
        var verifier = new ScramPasswordVerifier(accounts, Few);
        Assert.Equal(SaslVerdict.Accepted, await VerifyAsync(verifier, "user", "½"));
        Assert.Equal(SaslVerdict.Refused, await VerifyAsync(verifier, "user", "¼"));
        Assert.Equal(SaslVerdict.Accepted, await VerifyAsync(verifier, "user", "1⁄2"));
    }

    [Fact]
    public async Task Verify_StoreThatIsDown_IsNoRefusal() =>
        Assert.Equal(SaslVerdict.Unavailable, await VerifyAsync(new ScramPasswordVerifier(new Accounts { Down = true }, Few), "user", "pencil"));

    private static async Task<SaslVerdict> VerifyAsync(ScramPasswordVerifier verifier, string userName, string password) =>
        await verifier.VerifyAsync(userName, Exchange.Utf8(password), TestContext.Current.CancellationToken);
}
