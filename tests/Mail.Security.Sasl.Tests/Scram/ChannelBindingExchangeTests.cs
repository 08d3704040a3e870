namespace Mail.Security.Sasl.Tests;

/// <summary>The negotiation of channel binding, and who notices what (RFC 5802 §6).</summary>
public sealed class ChannelBindingExchangeTests
{
    private static readonly string[] Both = [SaslMechanisms.ScramSha256Plus, SaslMechanisms.ScramSha256];
    private static readonly ChannelBinding Other = new(ChannelBinding.TlsServerEndPoint, "another certificate's hash"u8);
    private static readonly Accounts Store = Accounts.With(Accounts.User, Accounts.Password);

    public static TheoryData<string, string, string> Flags => new()
    {
        // what the client has, what it is offered, what it says
        { "binding", "SCRAM-SHA-256-PLUS SCRAM-SHA-256", "p=tls-server-end-point,," },
        { "binding", "SCRAM-SHA-256", "y,," },
        { "none", "SCRAM-SHA-256-PLUS SCRAM-SHA-256", "n,," },
        { "none", "SCRAM-SHA-256", "n,," },
        { "restricted", "SCRAM-SHA-256-PLUS SCRAM-SHA-256", "n,," },   // -PLUS seen and not wanted: "y" would be untrue
        { "restricted", "SCRAM-SHA-256", "y,," },
        // A -PLUS name that the client cannot use may have been put there so that it does not miss the one taken away.
        { "binding", "SCRAM-SHA3-512-PLUS SCRAM-SHA-256", "y,," },
        { "sha-256", "SCRAM-SHA-1-PLUS SCRAM-SHA-256", "y,," },
    };

    [Theory]
    [MemberData(nameof(Flags))]
    [Trait("rfc", "5802#6")]
    public async Task Client_ByWhatIsOffered_SaysTheFlag(string has, string offered, string header)
    {
        using var credentials = new SaslCredentials(Accounts.User, Accounts.Password);
        using var client = Client(credentials, offered.Split(' '), has == "none" ? null : Scram.Binding, has switch { "restricted" => [SaslMechanisms.ScramSha256], "sha-256" => Both, _ => [] });
        Assert.StartsWith(header, Exchange.Text(await client.BeginAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ScramHash.Sha256)]
    [InlineData(ScramHash.Sha1)]
    [InlineData(ScramHash.Sha512)]
    public async Task Plus_OnOneChannel_Authenticates(ScramHash hash)
    {
        var name = ScramAlgorithm.Name(hash);
        var store = Accounts.With(Accounts.User, Accounts.Password, hash);
        var factory = new SaslServerFactory(store, new SaslServerOptions { Mechanisms = [name, name + "-PLUS"] });
        var channel = new SaslServerChannel(SaslProtection.Verified) { Bindings = [TestBinding.Unique("x"u8), Scram.Binding] };
        using var credentials = new SaslCredentials(Accounts.User, Accounts.Password, Accounts.User);
        using var client = Client(credentials, factory.Offer(channel), Scram.Binding, []);

        Assert.True(factory.TryCreate(client.Mechanism, channel, out var server));
        using (server)
        {
            var end = await Exchange.RunAsync(client, server);
            Assert.True(end.Authenticated);
            Assert.Equal(name + "-PLUS", ((SaslServerStep.Succeeded)end.Server!).Mechanism);
        }
    }

    [Fact]
    [Trait("rfc", "5802#6")]
    public async Task Plus_OnAnotherChannel_IsRefused()
    {
        var end = await RunAsync(Both, Scram.Binding, [Other]);
        Assert.Equal(SaslFailure.ChannelBindingMismatch, Exchange.Reason(end.Server));
    }

    [Fact]
    [Trait("rfc", "5802#6")]
    public async Task Downgrade_PlusTakenFromTheList_IsNoticedByTheServer()
    {
        var end = await RunAsync([SaslMechanisms.ScramSha256], Scram.Binding, [Scram.Binding]);
        Assert.Equal(SaslFailure.ChannelBindingDowngrade, Exchange.Reason(end.Server));
    }

    [Theory]
    [InlineData("SCRAM-SHA3-512-PLUS")]
    [InlineData("SCRAM-X-PLUS")]
    [Trait("rfc", "5802#6")]
    public async Task Downgrade_PlusReplacedByOneNobodyHas_IsNoticedByTheServer(string decoy)
    {
        var end = await RunAsync([decoy, SaslMechanisms.ScramSha256], Scram.Binding, [Scram.Binding]);
        Assert.Equal(SaslFailure.ChannelBindingDowngrade, Exchange.Reason(end.Server));
    }

    [Fact]
    public async Task NotOffered_ByAServerWithoutBinding_Authenticates() =>
        Assert.True((await RunAsync([SaslMechanisms.ScramSha256], Scram.Binding, [])).Authenticated);

    [Fact]
    public async Task NotSupported_ByAServerWithBinding_Authenticates() => Assert.True((await RunAsync(Both, null, [Scram.Binding])).Authenticated);

    [Fact]
    public async Task Header_ChangedOnTheWay_IsNoticedByTheProof()
    {
        // Whoever turns the client's "y" into "n" to hide the downgrade meets "c=", which carries what the client sent.
        using var credentials = new SaslCredentials(Accounts.User, Accounts.Password);
        using var client = Client(credentials, [SaslMechanisms.ScramSha256], Scram.Binding, []);
        using var server = Server([Scram.Binding], SaslMechanisms.ScramSha256);
        var end = await Exchange.RunAsync(client, server, (number, message) => number == 0 ? [.. "n"u8, .. message[1..]] : message);
        Assert.Equal(SaslFailure.ChannelBindingMismatch, Exchange.Reason(end.Server));
    }

    [Theory]
    [InlineData("SCRAM-SHA-256-PLUS", "n,,n=user,r=abcdefgh", SaslFailure.ChannelBindingMismatch, "e=channel-bindings-dont-match")]
    [InlineData("SCRAM-SHA-256-PLUS", "y,,n=user,r=abcdefgh", SaslFailure.ChannelBindingDowngrade, "e=server-does-support-channel-binding")]
    [InlineData("SCRAM-SHA-256", "y,,n=user,r=abcdefgh", SaslFailure.ChannelBindingDowngrade, "e=server-does-support-channel-binding")]
    [InlineData("SCRAM-SHA-256-PLUS", "p=tls-unique,,n=user,r=abcdefgh", SaslFailure.ChannelBindingUnsupported, "e=unsupported-channel-binding-type")]
    [InlineData("SCRAM-SHA-256-PLUS", "p=TLS-server-end-point,,n=user,r=abcdefgh", SaslFailure.ChannelBindingUnsupported, "e=unsupported-channel-binding-type")]
    [Trait("rfc", "5802#6")]
    public async Task Server_FlagThatDoesNotFit_FailsByName(string mechanism, string message, SaslFailure reason, string data)
    {
        using var server = Server([Scram.Binding], mechanism);
        var failed = Assert.IsType<SaslServerStep.Failed>(await server.StartAsync(message));
        Assert.Equal((reason, data), (failed.Reason, Exchange.Text(failed.Data)));
    }

    [Fact]
    public async Task Server_WithoutBinding_NamesThat()
    {
        using var server = Server([], SaslMechanisms.ScramSha256);
        Assert.Equal("e=channel-binding-not-supported", Exchange.Text(Assert.IsType<SaslServerStep.Failed>(await server.StartAsync("p=tls-unique,,n=user,r=abcdefgh")).Data));
    }

    // Some clients bind and give the name without -PLUS: more than was asked for, and checked as well.
    [Fact]
    public async Task Server_BindingUnderTheBareName_IsChecked()
    {
        using var server = Server([Scram.Binding], SaslMechanisms.ScramSha256);
        var first = Exchange.Text(await server.StartAsync("p=tls-server-end-point,,n=user,r=abcdefgh"));
        var nonce = first.Split(',')[0];
        var header = Convert.ToBase64String("p=tls-server-end-point,,"u8);
        Assert.Equal(SaslFailure.ChannelBindingMismatch, Exchange.Reason(await server.RespondAsync($"c={header},{nonce},p={Convert.ToBase64String(new byte[32])}")));
    }

    private static async Task<ExchangeEnd> RunAsync(string[] seen, ChannelBinding? clientBinding, ChannelBinding[] serverBindings)
    {
        using var credentials = new SaslCredentials(Accounts.User, Accounts.Password);
        using var client = Client(credentials, seen, clientBinding, []);
        using var server = Server(serverBindings, client.Mechanism);
        return await Exchange.RunAsync(client, server);
    }

    private static SaslClient Client(SaslCredentials credentials, IEnumerable<string> offered, ChannelBinding? binding, string[] mechanisms) =>
        Assert.IsType<SaslSelection.Selected>(
            new SaslClientSelector(new SaslClientOptions { Mechanisms = mechanisms }).Select(credentials, offered, new SaslClientChannel(SaslProtection.Verified, binding))).Client;

    private static SaslServer Server(ChannelBinding[] bindings, string mechanism)
    {
        Assert.True(new SaslServerFactory(Store).TryCreate(mechanism, new SaslServerChannel(SaslProtection.Verified) { Bindings = bindings }, out var server));
        return server;
    }
}
