using System.Net;
using Mail.Security.SmtpServer;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Hosting.Tests.Listening;

public sealed class FailedLoginsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SmtpListenerOptions _options = new() { MaxFailedLoginsPerAddress = 3, MaxFailedLoginsPerNetwork = 0 };

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", "TooManyFromAddress")]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", "TooManyFromAddress")]
    [InlineData("192.0.2.1", "192.0.2.2", "Admitted")]
    [InlineData("2001:db8::1", "2001:db8::2", "TooManyFromAddress")]      // one /64
    [InlineData("2001:db8::1", "2001:db8:0:1::1", "Admitted")]
    [InlineData("127.0.0.1", "127.0.0.1", "Admitted")]
    [InlineData("127.0.0.1", "127.9.9.9", "Admitted")]
    [InlineData("::1", "::1", "Admitted")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1", "Admitted")]
    [InlineData("64:ff9b::c000:201", "192.0.2.1", "TooManyFromAddress")]    // NAT64
    [InlineData("64:ff9b::c000:201", "64:ff9b::c000:202", "Admitted")]
    [InlineData(null, null, "TooManyFromAddress")]
    public void Begin_AfterFailures_IsByAddress(string? failing, string? next, string verdict)
    {
        var logins = new FailedLogins(_options, _time);
        foreach (var _ in Enumerable.Range(0, 3))
            Assert.Equal(LoginVerdict.Admitted, Try(logins, failing, SmtpLoginOutcome.Failed));

        Assert.Equal(verdict, logins.Begin(Address(next)).ToString());
    }

    [Theory]
    [InlineData(null, 12)]      // four times that of an address
    [InlineData(5, 5)]
    [InlineData(0, 200)]
    public void Begin_AfterFailuresOfManyAddresses_IsByNetwork(int? max, int admitted)
    {
        _options.MaxFailedLoginsPerNetwork = max;
        var logins = new FailedLogins(_options, _time);

        var verdicts = Enumerable.Range(1, 200).Select(host => Try(logins, $"192.0.2.{host}", SmtpLoginOutcome.Failed)).ToList();

        Assert.Equal(admitted, verdicts.Count(verdict => verdict == LoginVerdict.Admitted));
        Assert.All(verdicts.Skip(admitted), verdict => Assert.Equal(LoginVerdict.TooManyFromNetwork, verdict));
        Assert.Equal(LoginVerdict.Admitted, logins.Begin(Address("198.51.100.1")));
    }

    [Fact]
    public void Begin_NoLimit_CountsNothing()
    {
        _options.MaxFailedLoginsPerAddress = 0;
        var logins = new FailedLogins(_options, _time);
        foreach (var _ in Enumerable.Range(0, 1000))
            Assert.Equal(LoginVerdict.Admitted, Try(logins, "192.0.2.1", SmtpLoginOutcome.Failed));
        Assert.Equal(0, logins.Counts);
    }

    [Fact]
    public void Begin_OtherOutcomes_NeitherCountNorTakeFailuresBack()
    {
        var logins = new FailedLogins(_options, _time);
        foreach (var outcome in Enumerable.Repeat(SmtpLoginOutcome.Undecided, 10).Concat(Enumerable.Repeat(SmtpLoginOutcome.Succeeded, 10)))
            Assert.Equal(LoginVerdict.Admitted, Try(logins, "192.0.2.1", outcome));
        Assert.Equal(0, logins.Counts);
        foreach (var outcome in (SmtpLoginOutcome[])[SmtpLoginOutcome.Failed, SmtpLoginOutcome.Succeeded, SmtpLoginOutcome.Failed, SmtpLoginOutcome.Succeeded, SmtpLoginOutcome.Failed])
            Assert.Equal(LoginVerdict.Admitted, Try(logins, "192.0.2.1", outcome));
        Assert.Equal(LoginVerdict.TooManyFromAddress, logins.Begin(Address("192.0.2.1")));
    }

    [Fact]
    public void Begin_ManyAtOnce_DoNotGetPastTheLimit()
    {
        var logins = new FailedLogins(_options, _time);
        var client = Address("192.0.2.1");
        var verdicts = Enumerable.Range(0, 10).Select(_ => logins.Begin(client)).ToList();
        Assert.Equal(3, verdicts.Count(verdict => verdict == LoginVerdict.Admitted));

        logins.End(client, SmtpLoginOutcome.Succeeded, null);

        Assert.Equal(LoginVerdict.Admitted, logins.Begin(client));
        Assert.Equal(LoginVerdict.TooManyFromAddress, logins.Begin(client));
    }

    [Fact]
    public void Begin_AsTimeGoesOn_FailuresFade()
    {
        var logins = new FailedLogins(_options, _time);
        foreach (var _ in Enumerable.Range(0, 3))
            Try(logins, "192.0.2.1", SmtpLoginOutcome.Failed);
        Assert.Equal(LoginVerdict.TooManyFromAddress, logins.Begin(Address("192.0.2.1")));

        _time.Advance(TimeSpan.FromMinutes(60));        // all of them still reach into the hour
        Assert.Equal(LoginVerdict.TooManyFromAddress, logins.Begin(Address("192.0.2.1")));
        _time.Advance(TimeSpan.FromMinutes(30));        // half of them do
        Assert.Equal(LoginVerdict.Admitted, Try(logins, "192.0.2.1", SmtpLoginOutcome.Failed));
        Assert.Equal(LoginVerdict.Admitted, Try(logins, "192.0.2.1", SmtpLoginOutcome.Failed));
        Assert.Equal(LoginVerdict.TooManyFromAddress, logins.Begin(Address("192.0.2.1")));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(LoginVerdict.Admitted, logins.Begin(Address("192.0.2.1")));
    }

    // 200,000 clients of 200,000 networks, over more windows than are kept.
    [Fact]
    public void End_FailuresOfVeryManyAddresses_AreHeldInBoundedMemory()
    {
        _options.MaxFailedLoginsPerNetwork = null;
        var logins = new FailedLogins(_options, _time);
        var bytes = new byte[16];
        for (var round = 0; round < 4; round++)
        {
            for (var network = 0; network < 200_000; network++)
            {
                (bytes[0], bytes[2], bytes[3], bytes[4]) = (0x20, (byte)(network >> 16), (byte)(network >> 8), (byte)network);
                var address = new IPAddress(bytes);
                if (logins.Begin(address) == LoginVerdict.Admitted)
                    logins.End(address, SmtpLoginOutcome.Failed, null);
            }
            Assert.InRange(logins.Counts, 1, 4 << 16);
            _time.Advance(TimeSpan.FromHours(1));
        }
    }

    // A device with a password that was changed, behind the address of others: its name is shut out there, and nobody else.
    [Fact]
    public void End_OneNameThatGoesOnFailing_ShutsOutItselfOnly()
    {
        (_options.MaxFailedLoginsPerAddress, _options.MaxFailedLoginsPerNetwork) = (100, null);
        var logins = new FailedLogins(_options, _time);

        var tried = Enumerable.Range(0, 400).Count(_ => Try(logins, "192.0.2.1", SmtpLoginOutcome.Failed, "stale") == LoginVerdict.Admitted);

        Assert.Equal(100, tried);
        Assert.Equal(LoginVerdict.TooManyUnderName, logins.Judge(Address("192.0.2.1"), "stale"));
        Assert.Equal(LoginVerdict.Admitted, logins.Judge(Address("192.0.2.2"), "stale"));
        var others = Enumerable.Range(0, 400).Count(other => Try(logins, "192.0.2.1", SmtpLoginOutcome.Failed, $"other{other}") == LoginVerdict.Admitted);
        Assert.Equal(90, others);
        Assert.Equal(LoginVerdict.TooManyFromAddress, logins.Begin(Address("192.0.2.1")));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(LoginVerdict.Admitted, logins.Judge(Address("192.0.2.1"), "stale"));
    }

    // A tenth of a low limit is one.
    [Fact]
    public void End_FewNames_CountUpToALowLimit()
    {
        var logins = new FailedLogins(_options, _time);
        foreach (var name in (string[])["a", "b", "c"])
            Assert.Equal(LoginVerdict.Admitted, Try(logins, "192.0.2.1", SmtpLoginOutcome.Failed, name));
        Assert.Equal(LoginVerdict.TooManyFromAddress, logins.Begin(Address("192.0.2.1")));
    }

    [Fact]
    public void Add_AbandonedLogins_Count()
    {
        var logins = new FailedLogins(_options, _time);
        foreach (var name in (string[])["a", "b", "c"])
            logins.Add(Address("192.0.2.1"), name);
        Assert.Equal(LoginVerdict.TooManyFromAddress, logins.Begin(Address("192.0.2.1")));
    }

    // Names enough to fill what is remembered are no cover: the one that is tried then counts in full.
    [Fact]
    public void End_NamesBeyondWhatIsRemembered_CountForTheAddress()
    {
        (_options.MaxFailedLoginsPerAddress, _options.MaxFailedLoginsPerNetwork) = (100, 0);
        var logins = new FailedLogins(_options, _time);
        for (var name = 0; name < 70_000; name++)
            logins.Add(Address($"2001:db8:{name % 1000}::1"), $"name{name}");
        foreach (var _ in Enumerable.Range(0, 99))
            Assert.Equal(LoginVerdict.Admitted, Try(logins, "192.0.2.1", SmtpLoginOutcome.Failed));
        logins.Add(Address("192.0.2.1"), "one");

        Assert.Equal(LoginVerdict.TooManyFromAddress, logins.Begin(Address("192.0.2.1")));
    }

    // Addresses beyond what is remembered share counts.
    [Fact]
    public void End_AddressesBeyondWhatIsRemembered_AreStillCounted()
    {
        var logins = new FailedLogins(_options, _time);
        var bytes = new byte[16];
        for (var network = 0; network < 1 << 16; network++)
        {
            (bytes[0], bytes[2], bytes[3], bytes[4]) = (0x20, (byte)(network >> 16), (byte)(network >> 8), (byte)network);
            logins.Add(new IPAddress(bytes), null);
        }

        foreach (var _ in Enumerable.Range(0, 3))
            Assert.Equal(LoginVerdict.Admitted, Try(logins, "192.0.2.1", SmtpLoginOutcome.Failed));

        Assert.Equal(LoginVerdict.TooManyFromAddress, logins.Begin(Address("192.0.2.1")));
    }

    private static LoginVerdict Try(FailedLogins logins, string? address, SmtpLoginOutcome outcome, string? userName = null)
    {
        var verdict = logins.Begin(Address(address));
        if (verdict != LoginVerdict.Admitted)
            return verdict;
        if (userName is not null)
            verdict = logins.Judge(Address(address), userName);
        logins.End(Address(address), verdict == LoginVerdict.Admitted ? outcome : SmtpLoginOutcome.Undecided, userName);
        return verdict;
    }

    private static IPAddress? Address(string? text) => text is null ? null : IPAddress.Parse(text);
}
