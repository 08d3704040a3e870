using System.Text;

namespace Mail.Security.Sasl.Tests;

public sealed class ScramServerTests
{
    private static readonly Accounts Store = Accounts.With(Accounts.User, Accounts.Password);

    [Theory]
    [InlineData("", SaslFailure.Malformed)]
    [InlineData("n", SaslFailure.Malformed)]
    [InlineData("n,", SaslFailure.Malformed)]
    [InlineData("n,,", SaslFailure.Malformed)]
    [InlineData("N,,n=user,r=abcdefgh", SaslFailure.Malformed)]
    [InlineData("x,,n=user,r=abcdefgh", SaslFailure.Malformed)]
    [InlineData("nn,,n=user,r=abcdefgh", SaslFailure.Malformed)]
    [InlineData("F,n,,n=user,r=abcdefgh", SaslFailure.Malformed)]
    [InlineData("p,,n=user,r=abcdefgh", SaslFailure.Malformed)]
    [InlineData("p=,,n=user,r=abcdefgh", SaslFailure.Malformed)]
    [InlineData("p=tls unique,,n=user,r=abcdefgh", SaslFailure.Malformed)]
    [InlineData("n,user,n=user,r=abcdefgh", SaslFailure.Malformed)]                 // an authzid without "a="
    [InlineData("n,a=,n=user,r=abcdefgh", SaslFailure.InvalidEncoding)]
    [InlineData("n,a=x=y,n=user,r=abcdefgh", SaslFailure.InvalidEncoding)]
    [InlineData("n,,n=,r=abcdefgh", SaslFailure.Malformed)]
    [InlineData("n,,user,r=abcdefgh", SaslFailure.Malformed)]
    [InlineData("n,,N=user,r=abcdefgh", SaslFailure.Malformed)]
    [InlineData("n,,r=abcdefgh,n=user", SaslFailure.Malformed)]
    [InlineData("n,,n=us=er,r=abcdefgh", SaslFailure.InvalidEncoding)]
    [InlineData("n,,n=user=2,r=abcdefgh", SaslFailure.InvalidEncoding)]
    [InlineData("n,,n=user=2c,r=abcdefgh", SaslFailure.InvalidEncoding)]            // upper-case only
    [InlineData("n,,n=us\u0007er,r=abcdefgh", SaslFailure.InvalidEncoding)]
    [InlineData("n,,n=us\0er,r=abcdefgh", SaslFailure.Malformed)]
    [InlineData("n,,n=user", SaslFailure.Malformed)]
    [InlineData("n,,n=user,", SaslFailure.Malformed)]
    [InlineData("n,,n=user,r=", SaslFailure.Malformed)]
    [InlineData("n,,n=user,r=abcdefg", SaslFailure.Malformed)]                      // seven characters
    [InlineData("n,,n=user,r=abc defgh", SaslFailure.Malformed)]
    [InlineData("n,,n=user,r=abcdéfgh", SaslFailure.Malformed)]
    [InlineData("n,,n=user,r=abcdefgh,", SaslFailure.Malformed)]
    [InlineData("n,,n=user,r=abcdefgh,x", SaslFailure.Malformed)]
    [InlineData("n,,n=user,r=abcdefgh,x=", SaslFailure.Malformed)]
    [InlineData("n,,n=user,r=abcdefgh,1=x", SaslFailure.Malformed)]
    [InlineData("n,,n=user,r=abcdefgh,n=root", SaslFailure.Malformed)]              // a second name
    [InlineData("n,,m=ext,n=user,r=abcdefgh", SaslFailure.ExtensionNotSupported)]
    [InlineData("n,,n=user,m=ext,r=abcdefgh", SaslFailure.ExtensionNotSupported)]
    [InlineData("n,,n=user,r=abcdefgh,m=ext", SaslFailure.ExtensionNotSupported)]
    [InlineData("p=tls-unique,,n=user,r=abcdefgh", SaslFailure.ChannelBindingUnsupported)]
    [Trait("rfc", "5802#7")]
    public async Task Start_WrongFirstMessage_FailsByName(string message, SaslFailure reason)
    {
        using var server = Scram.Server(Store);
        var failed = Assert.IsType<SaslServerStep.Failed>(await server.StartAsync(message));
        Assert.Equal(reason, failed.Reason);
        Assert.StartsWith("e=", Exchange.Text(failed.Data), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n,,n=user,r=abcdefgh")]
    [InlineData("y,,n=user,r=abcdefgh")]                                             // no -PLUS was offered
    [InlineData("n,,n=user,r=abcdefgh,x=1,y=2")]                                     // unknown optional extensions
    [InlineData("n,a=user,n=user,r=abcdefgh")]
    [Trait("rfc", "5802#5.1")]
    public async Task Start_RightFirstMessage_IsAnswered(string message)
    {
        using var server = Scram.Server(Store);
        Assert.StartsWith($"r=abcdefgh{Scram.ServerNonce},s=", Exchange.Text(await server.StartAsync(message)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_InvalidUtf8_IsMalformed()
    {
        using var server = Scram.Server(Store);
        Assert.Equal(SaslFailure.Malformed, Exchange.Reason(await server.StartWithAsync((byte[])[.. "n,,n="u8, 0xFF, .. ",r=abcdefgh"u8], TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Start_NoInitialResponse_IsAskedForOne()
    {
        using var server = Scram.Server(Store);
        Assert.Equal("", Exchange.Text(await server.StartAsync(TestContext.Current.CancellationToken)));
        Assert.StartsWith("r=abcdefgh", Exchange.Text(await server.RespondAsync("n,,n=user,r=abcdefgh")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", SaslFailure.Malformed)]
    [InlineData("c=biws", SaslFailure.Malformed)]
    [InlineData("c=biws,r=NONCE", SaslFailure.Malformed)]
    [InlineData("c=biws,r=NONCE,p=", SaslFailure.Malformed)]
    [InlineData("c=biws,r=NONCE,p=!!!!", SaslFailure.Malformed)]
    [InlineData("c=biws,r=NONCE,p=AAAA", SaslFailure.Malformed)]                     // too short for the hash
    [InlineData("c=biws,r=NONCE,p=PROOF ", SaslFailure.Malformed)]
    [InlineData("c=biws,r=NONCE,p=PROOF,x=1", SaslFailure.Malformed)]                // the proof is last
    [InlineData("r=NONCE,c=biws,p=PROOF", SaslFailure.Malformed)]
    [InlineData("c=biws,r=NONCE,c=biws,p=PROOF", SaslFailure.Malformed)]
    [InlineData("c=biws,r=NONCE,m=x,p=PROOF", SaslFailure.ExtensionNotSupported)]
    [InlineData("m=x,c=biws,r=NONCE,p=PROOF", SaslFailure.ExtensionNotSupported)]
    [InlineData("c=biws,r=NONCEx,p=PROOF", SaslFailure.Malformed)]
    [InlineData("c=biws,r=fyko,p=PROOF", SaslFailure.Malformed)]
    [InlineData("c=eSws,r=NONCE,p=PROOF", SaslFailure.ChannelBindingMismatch)]       // "y,,"
    [InlineData("c=biwsYWJj,r=NONCE,p=PROOF", SaslFailure.ChannelBindingMismatch)]   // data without a binding
    [InlineData("c=biwt,r=NONCE,p=PROOF", SaslFailure.ChannelBindingMismatch)]
    [InlineData("c=biws,r=NONCE,p=PROOF", SaslFailure.InvalidCredentials)]
    [InlineData("c=biws,r=NONCE,x=1,p=PROOF", SaslFailure.InvalidCredentials)]       // an optional extension alone is no fault
    [Trait("rfc", "5802#7")]
    public async Task Respond_WrongFinalMessage_FailsByName(string message, SaslFailure reason)
    {
        using var server = Scram.Server(Store);
        await server.StartAsync("n,,n=user,r=abcdefgh");
        message = message.Replace("NONCE", "abcdefgh" + Scram.ServerNonce, StringComparison.Ordinal).Replace("PROOF", Convert.ToBase64String(new byte[32]), StringComparison.Ordinal);
        Assert.Equal(reason, Exchange.Reason(await server.RespondAsync(message)));
    }

    [Fact]
    public async Task Respond_SameProofSpeltAnotherWay_IsMalformed()
    {
        using var server = Scram.Server(Store);
        await server.StartAsync("n,,n=user,r=abcdefgh");
        var proof = Convert.ToBase64String(new byte[32]);                            // ends in "A=", whose last two bits carry nothing
        Assert.Equal(SaslFailure.Malformed, Exchange.Reason(await server.RespondAsync($"c=biws,r=abcdefgh{Scram.ServerNonce},p={proof[..^2]}B=")));
    }

    [Fact]
    public async Task Respond_SomethingAfterTheServersProof_Fails()
    {
        using var credentials = new SaslCredentials(Accounts.User, Accounts.Password);
        using var client = Scram.Client(credentials);
        using var server = Scram.Server(Store);
        var end = await Exchange.RunAsync(client, server, (number, message) => number == 4 ? "x"u8.ToArray() : message);
        Assert.Equal(SaslFailure.Malformed, Exchange.Reason(end.Server));
    }

    [Fact]
    [Trait("rfc", "4954#4")]
    public async Task AnyMessage_OverTheLimit_FailsBeforeTheStoreIsAsked()
    {
        var accounts = new Accounts();
        using var server = Scram.Server(accounts);
        var message = "n,,n=user,r=" + new string('a', SaslLimits.MaxMessageLength - 11);
        Assert.Equal(SaslFailure.MessageTooLong, Exchange.Reason(await server.StartAsync(message)));
        Assert.Empty(accounts.Asked);

        using var other = Scram.Server(accounts);
        Assert.IsType<SaslServerStep.Challenge>(await other.StartAsync(message[..^1]));
    }

    [Fact]
    [Trait("rfc", "5802#6")]
    public async Task UnknownUser_AtEveryAttempt_LooksLikeAKnownOne()
    {
        var options = new SaslServerOptions { UnknownUserKey = new byte[32], Iterations = 4096 };
        var known = await FirstAsync(options, "user");
        var unknown = await FirstAsync(options, "nobody");

        Assert.Equal(unknown.Salt, (await FirstAsync(options, "nobody")).Salt);                  // of another factory with the same key
        Assert.NotEqual(unknown.Salt, (await FirstAsync(options, "nobody2")).Salt);
        Assert.NotEqual(unknown.Salt, (await FirstAsync(new SaslServerOptions { Iterations = 4096 }, "nobody")).Salt);
        Assert.Equal((known.Iterations, known.Salt.Length, known.Nonce.Length), (unknown.Iterations, unknown.Salt.Length, unknown.Nonce.Length));

        Assert.Equal(await LastAsync(options, "user", "wrong"), await LastAsync(options, "nobody", "wrong"));
    }

    [Theory]
    [InlineData(ScramHash.Sha1)]
    [InlineData(ScramHash.Sha256)]
    [InlineData(ScramHash.Sha512)]
    public void UnknownUser_OfEveryHash_HasKeysOfItsSize(ScramHash hash)
    {
        var credential = new UnknownUsers(null, 4096).CredentialOf("nobody", hash);
        Assert.True(ScramCredential.TryParse(credential.Format(), out _, out _));
    }

    [Fact]
    public async Task Store_ThatIsDown_IsNoRefusal()
    {
        using var server = Scram.Server(new Accounts { Down = true });
        var failed = Assert.IsType<SaslServerStep.Failed>(await server.StartAsync("n,,n=user,r=abcdefgh"));
        Assert.Equal((SaslFailure.Unavailable, "e=no-resources"), (failed.Reason, Exchange.Text(failed.Data)));
    }

    [Fact]
    public async Task UnknownUser_InAStoreThatIgnoresCase_HasOneSaltUnderEverySpelling()
    {
        var store = new Accounts { IgnoresCase = true };
        store.Set("user", "pencil", ScramHash.Sha256);
        var options = new SaslServerOptions { UnknownUserKey = new byte[32], Iterations = 4096 };
        foreach (var (one, other) in new[] { ("user", "USER"), ("nobody", "Nobody") })
            Assert.Equal((await FirstAsync(options, one, store)).Salt, (await FirstAsync(options, other, store)).Salt);
    }

    public static TheoryData<string> Ends => ["throws", "cancelled", "disposed"];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Store_WithoutAnAnswer_EndsTheAuthentication(string end)
    {
        var store = new Silent();
        using var server = Scram.Server(store);
        var step = server.StartAsync("n,,n=user,r=abcdefgh");
        switch (end)
        {
            case "throws":
                store.Answer.SetException(new TimeoutException());
                await Assert.ThrowsAsync<TimeoutException>(async () => await step);
                break;
            case "cancelled":
                store.Answer.SetCanceled(TestContext.Current.CancellationToken);
                await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await step);
                break;
            default:
                server.Dispose();
                store.Answer.SetResult(new SaslLookup<ScramCredential>.NotFound());
                await step;
                break;
        }
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await server.RespondAsync($"c=biws,r=abcdefgh{Scram.ServerNonce},p={Convert.ToBase64String(new byte[32])}"));
    }

    [Fact]
    public async Task Steps_OutOfOrder_AreMisuse()
    {
        using var server = Scram.Server(Store);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await server.RespondAsync(""));
        await server.StartAsync("broken");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await server.StartAsync("n,,n=user,r=abcdefgh"));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await server.RespondAsync(""));
    }

    [Theory]
    [InlineData(SaslVerdict.Accepted, null)]
    [InlineData(SaslVerdict.Refused, SaslFailure.NotAuthorized)]
    [InlineData(SaslVerdict.Unavailable, SaslFailure.Unavailable)]
    [Trait("rfc", "5802#5.1")]
    public async Task AuthorizationIdentity_OfAnother_IsTheAuthorizersDecision(SaslVerdict verdict, SaslFailure? reason)
    {
        using var credentials = new SaslCredentials(Accounts.User, Accounts.Password, "o,t=her");
        using var client = Scram.Client(credentials);
        using var server = Scram.Server(Store, authorizer: new Authorizer(Accounts.User, "o,t=her", verdict));
        var end = await Exchange.RunAsync(client, server);
        if (reason is null)
            Assert.Equal(("user", "o,t=her"), (Assert.IsType<SaslServerStep.Succeeded>(end.Server).Identity, ((SaslServerStep.Succeeded)end.Server).AuthorizationIdentity));
        else
            Assert.Equal(reason, Exchange.Reason(end.Server));
    }

    // Answers when the test says so.
    private sealed class Silent : ISaslCredentialStore
    {
        public TaskCompletionSource<SaslLookup<ScramCredential>> Answer { get; } = new();

        public ValueTask<SaslLookup<ScramCredential>> FindAsync(string userName, ScramHash hash, CancellationToken cancellationToken = default) => new(Answer.Task);
    }

    private static async Task<ScramServerFirst> FirstAsync(SaslServerOptions options, string userName, ISaslCredentialStore? store = null)
    {
        Assert.True(new SaslServerFactory(store ?? Store, options).TryCreate("SCRAM-SHA-256", new SaslServerChannel(SaslProtection.Verified), out var server));
        using (server)
        {
            Assert.Equal(ScramFault.None, ScramServerFirst.Read(Encoding.UTF8.GetBytes(Exchange.Text(await server.StartAsync($"n,,n={userName},r=abcdefgh"))), out var first));
            return first;
        }
    }

    private static async Task<(SaslFailure Reason, string Data)> LastAsync(SaslServerOptions options, string userName, string password)
    {
        using var credentials = new SaslCredentials(userName, password);
        using var client = Scram.Client(credentials);
        Assert.True(new SaslServerFactory(Store, options).TryCreate("SCRAM-SHA-256", new SaslServerChannel(SaslProtection.Verified), out var server));
        using (server)
        {
            var failed = Assert.IsType<SaslServerStep.Failed>((await Exchange.RunAsync(client, server)).Server);
            return (failed.Reason, Exchange.Text(failed.Data));
        }
    }
}
