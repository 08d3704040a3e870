using FsCheck.Xunit;

namespace Mail.Security.Sasl.Tests;

public sealed class SaslClientSelectorTests
{
    private const string All = "LOGIN PLAIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512 SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS SCRAM-SHA-512-PLUS EXTERNAL GSSAPI";

    [Theory]
    [InlineData(All, true, SaslProtection.Verified, "SCRAM-SHA-512-PLUS")]
    [InlineData(All, false, SaslProtection.Verified, "SCRAM-SHA-512")]
    [InlineData(All, false, SaslProtection.None, "SCRAM-SHA-512")]
    [InlineData("SCRAM-SHA-512 SCRAM-SHA-1-PLUS SCRAM-SHA-1", true, SaslProtection.Verified, "SCRAM-SHA-1-PLUS")]   // "y" beside a -PLUS name would fail
    [InlineData("scram-sha-256 plain", false, SaslProtection.Verified, "SCRAM-SHA-256")]
    [InlineData("PLAIN SCRAM-SHA-1", false, SaslProtection.Verified, "SCRAM-SHA-1")]
    [InlineData("PLAIN CRAM-MD5 LOGIN", false, SaslProtection.Verified, "CRAM-MD5")]
    [InlineData("PLAIN CRAM-MD5 LOGIN", false, SaslProtection.Encrypted, null)]    // passwords can be tried at its answer at leisure
    [InlineData("PLAIN CRAM-MD5 LOGIN", false, SaslProtection.None, null)]
    [InlineData("PLAIN CRAM-MD5 SCRAM-SHA-1", false, SaslProtection.None, "SCRAM-SHA-1")]
    [InlineData("LOGIN PLAIN", false, SaslProtection.Verified, "PLAIN")]
    [InlineData("LOGIN", false, SaslProtection.Verified, "LOGIN")]
    [InlineData("LOGIN PLAIN", false, SaslProtection.Encrypted, null)]
    [InlineData("LOGIN PLAIN", false, SaslProtection.None, null)]
    [InlineData("SCRAM-SHA-256-PLUS", false, SaslProtection.Verified, null)]
    [InlineData("EXTERNAL GSSAPI", false, SaslProtection.Verified, null)]
    [InlineData("", true, SaslProtection.Verified, null)]
    public void Select_ByDefault_IsTheStrongestThatMayBeUsed(string offered, bool bound, SaslProtection protection, string? expected)
    {
        using var credentials = new SaslCredentials("user", "pencil");
        Assert.Equal(expected, Name(new SaslClientSelector().Select(credentials, offered.Split(' '), new SaslClientChannel(protection, bound ? Scram.Binding : null))));
    }

    [Theory]
    [InlineData("PLAIN", SaslProtection.Encrypted, "PLAIN")]
    [InlineData("plain", SaslProtection.None, "PLAIN")]
    [InlineData("LOGIN", SaslProtection.None, "LOGIN")]
    [InlineData("CRAM-MD5", SaslProtection.None, "CRAM-MD5")]
    public void Select_AllowedUnverified_IsByName(string allowed, SaslProtection protection, string expected)
    {
        using var credentials = new SaslCredentials("user", "pencil");
        var selector = new SaslClientSelector(new SaslClientOptions { AllowedUnverified = [allowed] });
        Assert.Equal(expected, Name(selector.Select(credentials, ["PLAIN", "LOGIN", "CRAM-MD5"], new SaslClientChannel(protection))));
    }

    [Theory]
    [InlineData("SCRAM-SHA-1 PLAIN", "SCRAM-SHA-1")]
    [InlineData("PLAIN SCRAM-SHA-1", "SCRAM-SHA-1")]        // the list restricts, it does not order
    [InlineData("LOGIN", "LOGIN")]
    [InlineData("EXTERNAL", null)]                           // there is a password
    public void Select_AConfiguredList_Restricts(string mechanisms, string? expected)
    {
        using var credentials = new SaslCredentials("user", "pencil");
        var selector = new SaslClientSelector(new SaslClientOptions { Mechanisms = mechanisms.Split(' ') });
        Assert.Equal(expected, Name(selector.Select(credentials, All.Split(' '), new SaslClientChannel(SaslProtection.Verified, Scram.Binding))));
    }

    [Theory]
    [InlineData("SCRAM-SHA-256-PLUS SCRAM-SHA-256", "SCRAM-SHA-256-PLUS")]
    [InlineData("SCRAM-SHA-256 PLAIN", null)]                // somebody took the -PLUS names from the list, or the server has none
    [Trait("rfc", "5802#6")]
    public void Select_OnlyPlusNames_IsADemandForChannelBinding(string offered, string? expected)
    {
        using var credentials = new SaslCredentials("user", "pencil");
        var selector = new SaslClientSelector(new SaslClientOptions { Mechanisms = [SaslMechanisms.ScramSha512Plus, SaslMechanisms.ScramSha256Plus] });
        Assert.Equal(expected, Name(selector.Select(credentials, offered.Split(' '), new SaslClientChannel(SaslProtection.Verified, Scram.Binding))));
    }

    [Theory]
    [InlineData(All, "EXTERNAL")]
    [InlineData("PLAIN LOGIN SCRAM-SHA-256", null)]
    public void Select_WithoutAPassword_IsExternalOrNothing(string offered, string? expected)
    {
        using var credentials = SaslCredentials.External();
        Assert.Equal(expected, Name(new SaslClientSelector().Select(credentials, offered.Split(' '), new SaslClientChannel(SaslProtection.Verified))));
    }

    [Theory]
    [InlineData("CRAM-MD5 LOGIN", null)]                     // neither can say whom to act as
    [InlineData("CRAM-MD5 LOGIN PLAIN", "PLAIN")]
    [InlineData("CRAM-MD5 SCRAM-SHA-1", "SCRAM-SHA-1")]
    public void Select_ToActAsSomebodyElse_TakesWhatCanSayIt(string offered, string? expected)
    {
        using var credentials = new SaslCredentials("user", "pencil", "boss");
        Assert.Equal(expected, Name(new SaslClientSelector().Select(credentials, offered.Split(' '), new SaslClientChannel(SaslProtection.Verified))));
    }

    [Fact]
    public void Select_NothingFits_NamesWhatWasOfferedAndWithheld()
    {
        using var credentials = new SaslCredentials("user", "pencil");
        var nothing = Assert.IsType<SaslSelection.Nothing>(new SaslClientSelector().Select(credentials, ["plain", "GSSAPI", "X Y\r\n", "", new string('A', 21)], new SaslClientChannel(SaslProtection.Encrypted)));
        Assert.Equal(["PLAIN", "GSSAPI"], nothing.Offered);
        Assert.Equal(["PLAIN"], nothing.Withheld);
        Assert.Equal("The server offered PLAIN, GSSAPI: none can be used, and PLAIN only on a verified channel.", nothing.ToString());
        Assert.Equal("The server offered no mechanism.", new SaslSelection.Nothing([], []).ToString());
    }

    [Property(MaxTest = 200)]
    public void Select_AnyOffer_NeverThrowsAndNeverSendsThePasswordInClear(string?[] offered)
    {
        using var credentials = new SaslCredentials("user", "pencil");
        var names = offered.OfType<string>().Append("PLAIN").Append("LOGIN").Append("CRAM-MD5");
        Assert.IsType<SaslSelection.Nothing>(new SaslClientSelector().Select(credentials, names, new SaslClientChannel(SaslProtection.Encrypted)));
    }

    [Fact]
    public void Constructor_OptionsThatCannotBe_Throws()
    {
        Assert.Throws<ArgumentException>(() => new SaslClientSelector(new SaslClientOptions { Mechanisms = ["NTLM"] }));
        Assert.Throws<ArgumentException>(() => new SaslClientSelector(new SaslClientOptions { AllowedUnverified = ["BASIC"] }));
        Assert.Throws<ArgumentException>(() => new SaslClientSelector(new SaslClientOptions { MinIterations = 2, MaxIterations = 1 }));
        Assert.Throws<ArgumentException>(() => new SaslClientSelector(new SaslClientOptions { MinIterations = 0 }));
    }

    [Theory]
    [InlineData("PLAIN", "PLAIN", 4096, true)]
    [InlineData("plain", "PLAIN", 4096, true)]
    [InlineData("PLAIN", "LOGIN", 4096, false)]
    [InlineData("PLAIN", "PLAIN", 5000, false)]
    public void IsEquivalentTo_OtherOptions_OnlyWhatChoosesCounts(string one, string other, int iterations, bool expected)
    {
        var first = new SaslClientSelector(new SaslClientOptions { Mechanisms = [one], AllowedUnverified = ["LOGIN"] });
        Assert.Equal(expected, first.IsEquivalentTo(new SaslClientSelector(new SaslClientOptions { Mechanisms = [other], AllowedUnverified = ["login"], MinIterations = iterations, KeyCache = new ScramKeyCache() })));
        Assert.False(first.IsEquivalentTo(new SaslClientSelector(new SaslClientOptions { Mechanisms = [one] })));
    }

    [Theory]
    [InlineData("ann", "secret", "", true)]
    [InlineData("bob", "secret", "", false)]
    [InlineData("ann", "Secret", "", false)]
    [InlineData("ann", "secret", "bob", false)]
    public void IsEquivalentTo_OtherCredentials_NamesAndPassword(string name, string password, string identity, bool expected)
    {
        using var first = new SaslCredentials("ann", "secret");
        using var other = new SaslCredentials(name, password, identity);
        Assert.Equal(expected, first.IsEquivalentTo(other));
        Assert.False(first.IsEquivalentTo(SaslCredentials.External()));
        Assert.False(SaslCredentials.Token("ann", new SaslToken("t")).IsEquivalentTo(SaslCredentials.Token("ann", new SaslToken("t"))));
        first.Dispose();
        Assert.Throws<ObjectDisposedException>(() => other.IsEquivalentTo(first) || first.IsEquivalentTo(first));
    }

    private static string? Name(SaslSelection selection)
    {
        using var client = (selection as SaslSelection.Selected)?.Client;
        return client?.Mechanism;
    }
}
