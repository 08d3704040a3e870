namespace Mail.Security.Transports.Tests;

public sealed class SettingsCheckTests
{
    public static TheoryData<string> Faults => new(Settings.Keys);

    private static readonly Dictionary<string, SmtpSessionSettings> Settings = new()
    {
        ["no hello name"] = Rig.Clear with { HelloName = default },
        ["no verifier for STARTTLS"] = Rig.StartTls with { Verifier = null },
        ["no verifier for implicit TLS"] = Rig.Implicit with { Verifier = null },
        ["tiny replies"] = Rig.Clear with { Limits = new SmtpSessionLimits { MaxReply = 511 } },
        ["huge replies"] = Rig.Clear with { Limits = new SmtpSessionLimits { MaxReply = (1 << 20) + 1 } },
        ["greeting limit"] = Rig.Clear with { Timeouts = new SmtpTimeouts { Greeting = TimeSpan.Zero } },
        ["command limit"] = Rig.Clear with { Timeouts = new SmtpTimeouts { Command = TimeSpan.FromTicks(-1) } },
        ["handshake limit"] = Rig.Clear with { Timeouts = new SmtpTimeouts { TlsHandshake = TimeSpan.Zero } },
        ["login limit"] = Rig.Clear with { Timeouts = new SmtpTimeouts { Authentication = TimeSpan.Zero } },
        ["mail limit"] = Rig.Clear with { Timeouts = new SmtpTimeouts { Mail = Timeout.InfiniteTimeSpan } },
        ["recipient limit"] = Rig.Clear with { Timeouts = new SmtpTimeouts { Recipient = TimeSpan.Zero } },
        ["data limit"] = Rig.Clear with { Timeouts = new SmtpTimeouts { DataInitiation = TimeSpan.Zero } },
        ["block limit"] = Rig.Clear with { Timeouts = new SmtpTimeouts { DataBlock = TimeSpan.Zero } },
        ["end limit"] = Rig.Clear with { Timeouts = new SmtpTimeouts { DataTermination = TimeSpan.Zero } },
        ["quit limit"] = Rig.Clear with { Timeouts = new SmtpTimeouts { Quit = TimeSpan.Zero } },
        ["no limit at all"] = Rig.Clear with { Timeouts = new SmtpTimeouts { DataTermination = TimeSpan.MaxValue } },
        ["more than a day"] = Rig.Clear with { Timeouts = new SmtpTimeouts { Greeting = TimeSpan.FromDays(1) + TimeSpan.FromTicks(1) } },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task OpenAsync_Fault_ThrowsBeforeAnythingIsSent(string fault)
    {
        var link = new MemoryLink();

        var thrown = await Assert.ThrowsAsync<ArgumentException>(async () => await SmtpClientSession.OpenAsync(link.Client, Settings[fault], cancellationToken: Rig.Stop));

        Assert.Equal("settings", thrown.ParamName);
        Assert.Equal((0, 0), (link.Client.Reads, link.Client.Writes));
        Assert.True(link.Client.IsDisposed);
    }

    [Fact]
    public async Task OpenAsync_NoSettings_ThrowsAndTheConnectionIsClosed()
    {
        using var stream = new WatchedStream();
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await SmtpClientSession.OpenAsync(stream, null!, cancellationToken: Rig.Stop));
        Assert.True(stream.IsClosed);
    }

    [Fact]
    [Trait("rfc", "5321#4.5.3.2")]
    public void SmtpTimeouts_Default_AreTheMinimumsOfTheStandard()
    {
        var limits = SmtpTimeouts.Default;

        Assert.Equal([5.0, 5, 5, 2, 3, 10], new[] { limits.Greeting, limits.Mail, limits.Recipient, limits.DataInitiation, limits.DataBlock, limits.DataTermination }.Select(limit => limit.TotalMinutes));
    }
}
