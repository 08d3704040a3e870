using System.Text;
using FsCheck;
using FsCheck.Xunit;

namespace Mail.Security.Sasl.Tests;

/// <summary>Our client against our server.</summary>
public sealed class ScramExchangeTests
{
    private static readonly Accounts Store = Accounts.With(Accounts.User, Accounts.Password);

    [Theory]
    [InlineData("user", "pencil")]
    [InlineData("u,s=e,r", "p,e=n c=il")]
    [InlineData("=2C=3D", "=2C")]
    [InlineData("ann@bücher.example", "½´ πßå ♦")]             // NFC and NFKC differ (RFC 5802 §3)
    [InlineData("e\u0301", "\u00e9")]
    [InlineData("用户", "пароль🔑")]
    [Trait("rfc", "5802#5.1")]
    public async Task Exchange_OfEveryHash_Authenticates(string userName, string password)
    {
        foreach (var hash in Enum.GetValues<ScramHash>())
        {
            var accounts = Accounts.With(userName.Normalize(), password, hash);
            using var credentials = new SaslCredentials(userName, password);
            using var client = Scram.Client(credentials, hash);
            using var server = Scram.Server(accounts, hash);
            Assert.True((await Exchange.RunAsync(client, server)).Authenticated);
        }
    }

    [Property(MaxTest = 100)]
    public async Task Exchange_AnyNameAndPassword_AuthenticatesOrSaysUnusable(NonEmptyString userName, NonEmptyString password)
    {
        if (!IsText(userName.Get) || !IsText(password.Get))
        {
            var thrown = Assert.Throws<ArgumentException>(() => new SaslCredentials(userName.Get, password.Get));
            Assert.Null(thrown.InnerException);
            return;
        }
        using var credentials = new SaslCredentials(userName.Get, password.Get);
        using var client = Scram.Client(credentials);
        var accounts = new Accounts();
        if (StringPreparation.TryPrepareName(Exchange.Utf8(userName.Get), default, out var prepared) && ScramCredential.TryCreate(ScramHash.Sha256, Exchange.Utf8(password.Get), 4096, default, out var credential))
            accounts.Set(prepared, credential);
        else
            prepared = null;
        using var server = Scram.Server(accounts);

        var end = await Exchange.RunAsync(client, server);

        if (prepared is null)
            Assert.Equal(SaslClientFailure.CredentialsUnusable, Exchange.Reason(end.Client));
        else
            Assert.True(end.Authenticated);
    }

    [Property(MaxTest = 100)]
    public async Task Exchange_AnotherPassword_IsRefused(NonEmptyString password)
    {
        if (!IsText(password.Get) || password.Get == Accounts.Password)
            return;
        using var credentials = new SaslCredentials(Accounts.User, password.Get);
        using var client = Scram.Client(credentials);
        using var server = Scram.Server(Store);
        Assert.False((await Exchange.RunAsync(client, server)).Authenticated);
    }

    [Property(MaxTest = 300)]
    public async Task Exchange_AnyOctetChanged_IsRefusedByOneEnd(byte which, int at, byte value)
    {
        using var credentials = new SaslCredentials(Accounts.User, Accounts.Password);
        using var client = Scram.Client(credentials, options: new SaslClientOptions { MaxIterations = 100_000 });
        using var server = Scram.Server(Store);
        var changed = false;

        var end = await Exchange.RunAsync(client, server, (number, message) =>
        {
            if (number != which % 4 || message.Length == 0)
                return message;
            ref var octet = ref message[(int)((uint)at % (uint)message.Length)];
            (changed, octet) = (octet != value, value);
            return message;
        });

        Assert.Equal(!changed, end.Authenticated);
        Assert.True(!changed || end.Server is SaslServerStep.Failed || end.Client is SaslClientStep.Failed);
    }

    [Property(MaxTest = 200)]
    public async Task Exchange_AnyMessageCutOrLengthened_IsRefusedByOneEnd(byte which, int at, byte value)
    {
        using var credentials = new SaslCredentials(Accounts.User, Accounts.Password);
        using var client = Scram.Client(credentials, options: new SaslClientOptions { MaxIterations = 100_000 });
        using var server = Scram.Server(Store);

        var end = await Exchange.RunAsync(client, server, (number, message) =>
        {
            if (number != which % 4)
                return message;
            var place = (int)((uint)at % (uint)(message.Length + 1));
            return which % 8 < 4 && place < message.Length ? message[..place] : [.. message[..place], value, .. message[place..]];
        });

        Assert.False(end.Authenticated);
    }

    [Property(MaxTest = 300)]
    public async Task Server_AnyMessages_NeverThrowsAndNeverSucceeds(byte[] first, byte[] second)
    {
        foreach (var prefix in new[] { "", "n,,n=user,r=abcdefgh" })
        {
            using var server = Scram.Server(Store);
            var step = await server.StartWithAsync((byte[])[.. Encoding.ASCII.GetBytes(prefix), .. first]);
            if (step is SaslServerStep.Challenge)
                step = await server.RespondAsync(second);
            Assert.IsType<SaslServerStep.Failed>(step);
        }
    }

    [Property(MaxTest = 300)]
    public async Task Client_AnyChallenges_NeverThrowsAndNeverBelieves(byte[] first, byte[] second)
    {
        using var credentials = new SaslCredentials(Accounts.User, Accounts.Password);
        using var client = Scram.Client(credentials);
        await client.BeginAsync();
        if (await client.AnswerAsync(first) is not SaslClientStep.Failed)
            Assert.IsType<SaslClientStep.Failed>(await client.AnswerAsync(second));
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.FinishAsync());
    }

    private static bool IsText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                return false;
        }
        return true;
    }
}
