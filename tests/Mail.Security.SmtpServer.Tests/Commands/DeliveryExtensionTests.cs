using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.SmtpServer.Tests.Commands;

/// <summary>FUTURERELEASE, DELIVERBY and MT-PRIORITY through a whole session; it is 2030-01-01T00:00:00Z.</summary>
public sealed class DeliveryExtensionTests
{
    private static readonly FakeTimeProvider Time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(" HOLDFOR=3600", "250 2.1.0", "2030-01-01T01:00:00Z", "for;3600")]
    [InlineData(" holdfor=86400", "250 2.1.0", "2030-01-02T00:00:00Z", "for;86400")]
    [InlineData(" HOLDFOR=86401", "501 5.5.4", null, null)]
    [InlineData(" HOLDFOR=0", "501 5.5.4", null, null)]
    [InlineData(" HOLDFOR=007", "501 5.5.4", null, null)]
    [InlineData(" HOLDFOR=-1", "501 5.5.4", null, null)]
    [InlineData(" HOLDFOR=9999999999", "501 5.5.4", null, null)]
    [InlineData(" HOLDFOR", "501 5.5.4", null, null)]
    [InlineData(" HOLDUNTIL=2030-01-01T12:00:00Z", "250 2.1.0", "2030-01-01T12:00:00Z", "until;2030-01-01T12:00:00Z")]
    [InlineData(" HOLDUNTIL=2030-01-01t12:00:00.25z", "250 2.1.0", "2030-01-01T12:00:00Z", "until;2030-01-01T12:00:00.25Z")]
    [InlineData(" HOLDUNTIL=2030-01-02T00:00:01Z", "501 5.5.4", null, null)]
    [InlineData(" HOLDUNTIL=2030-01-01T00:00:00Z", "501 5.5.4", null, null)]
    [InlineData(" HOLDUNTIL=2029-12-31T23:59:59Z", "501 5.5.4", null, null)]
    [InlineData(" HOLDUNTIL=2030-01-01T12:00:00+01:00", "501 5.5.4", null, null)]
    [InlineData(" HOLDUNTIL=2030-02-30T12:00:00Z", "501 5.5.4", null, null)]
    [InlineData(" HOLDUNTIL=2030-01-01T12:00:00.Z", "501 5.5.4", null, null)]
    [InlineData(" HOLDUNTIL=2030-01-01T12:00:00.xZ", "501 5.5.4", null, null)]
    [InlineData(" HOLDUNTIL=tomorrow", "501 5.5.4", null, null)]
    [InlineData(" HOLDUNTIL", "501 5.5.4", null, null)]
    [InlineData(" HOLDFOR=1 HOLDUNTIL=2030-01-01T12:00:00Z", "501 5.5.4", null, null)]
    [InlineData(" HOLDFOR=1 HOLDFOR=1", "501 5.5.4", null, null)]
    [InlineData(" HOLDFOR=60 BY=60;R", "250 2.1.0", "2030-01-01T00:01:00Z", "for;60")]
    [InlineData(" HOLDFOR=61 BY=60;R", "501 5.5.4", null, null)]
    [InlineData(" BY=60;N HOLDUNTIL=2030-01-01T12:00:00Z", "501 5.5.4", null, null)]
    [Trait("rfc", "4865#4.2")]
    [Trait("rfc", "4865#5.2.2")]
    public void FutureRelease_Parameters_AreTheTimeToHold(string parameters, string expected, string? until, string? request)
    {
        var envelope = Mail(parameters, expected);
        Assert.Equal((until is null ? null : DateTimeOffset.Parse(until, System.Globalization.CultureInfo.InvariantCulture), request), (envelope?.FutureRelease?.Until, envelope?.FutureRelease?.Request));
    }

    [Theory]
    [InlineData(" BY=120;R", "250 2.1.0", 120, DeliverByMode.Return, DeliverByTrace.Off)]
    [InlineData(" BY=+120;rt", "250 2.1.0", 120, DeliverByMode.Return, DeliverByTrace.On)]
    [InlineData(" BY=-999999999;N", "250 2.1.0", -999999999, DeliverByMode.Notify, DeliverByTrace.Off)]
    [InlineData(" BY=0;NT", "250 2.1.0", 0, DeliverByMode.Notify, DeliverByTrace.On)]
    [InlineData(" BY=59;R", "555 5.5.4", 0, default(DeliverByMode), default(DeliverByTrace))]         // below what is announced
    [InlineData(" BY=59;N", "250 2.1.0", 59, DeliverByMode.Notify, DeliverByTrace.Off)]
    [InlineData(" BY=0;R", "501 5.5.4", 0, default(DeliverByMode), default(DeliverByTrace))]
    [InlineData(" BY=-1;R", "501 5.5.4", 0, default(DeliverByMode), default(DeliverByTrace))]
    [InlineData(" BY=1000000000;N", "501 5.5.4", 0, default(DeliverByMode), default(DeliverByTrace))]
    [InlineData(" BY=+-1;N", "501 5.5.4", 0, default(DeliverByMode), default(DeliverByTrace))]
    [InlineData(" BY=120", "501 5.5.4", 0, default(DeliverByMode), default(DeliverByTrace))]
    [InlineData(" BY=;N", "501 5.5.4", 0, default(DeliverByMode), default(DeliverByTrace))]
    [InlineData(" BY=120;T", "501 5.5.4", 0, default(DeliverByMode), default(DeliverByTrace))]
    [InlineData(" BY=120;TN", "501 5.5.4", 0, default(DeliverByMode), default(DeliverByTrace))]
    [InlineData(" BY", "501 5.5.4", 0, default(DeliverByMode), default(DeliverByTrace))]
    [Trait("rfc", "2852#4")]
    public void DeliverBy_Parameter_IsATimeAndAMode(string parameters, string expected, int seconds, DeliverByMode mode, DeliverByTrace trace)
    {
        if (Mail(parameters, expected) is { } envelope)
            Assert.Equal(new DeliverBy(Time.GetUtcNow().AddSeconds(seconds), mode, trace), envelope.DeliverBy);
    }

    [Theory]
    [InlineData("9", "250 2.1.0", 9)]
    [InlineData("0", "250 2.1.0", 0)]
    [InlineData("-9", "250 2.1.0", -9)]
    [InlineData("10", "501 5.5.2", 0)]
    [InlineData("-0", "501 5.5.2", 0)]
    [InlineData("+1", "501 5.5.2", 0)]
    [InlineData("-10", "501 5.5.2", 0)]
    [InlineData("high", "501 5.5.2", 0)]
    [Trait("rfc", "6710#4.1")]
    [Trait("rfc", "6710#7")]
    public void Priority_Parameter_IsOneDigit(string value, string expected, int priority)
    {
        if (Mail($" MT-PRIORITY={value}", expected) is { } envelope)
            Assert.Equal(priority, envelope.RequestedPriority);
    }

    [Fact]
    [Trait("rfc", "4865#3")]
    [Trait("rfc", "2852#2")]
    [Trait("rfc", "6710#3")]
    public void Ehlo_Extensions_AreAnnouncedWithTheirLimits() =>
        Assert.EndsWith("250-FUTURERELEASE 86400 2030-01-02T00:00:00Z\r\n250-DELIVERBY 60\r\n250 MT-PRIORITY MIXER\r\n", Start().Send(MemorySession.Hello), StringComparison.Ordinal);

    [Fact]
    public void Mail_WithoutTheExtensions_KnowsNoneOfTheParameters()
    {
        var session = MemorySession.After(MemorySession.Hello);
        Assert.Equal("555 5.5.4, 555 5.5.4, 555 5.5.4", session.Ask("MAIL FROM:<> HOLDFOR=1\r\nMAIL FROM:<> BY=1;N\r\nMAIL FROM:<> MT-PRIORITY=1\r\n"));
    }

    private static SmtpEnvelope? Mail(string parameters, string expected)
    {
        var session = Start();
        session.Send(MemorySession.Hello);
        Assert.Equal(expected, session.Ask($"MAIL FROM:<ann@a.example>{parameters}\r\n"));
        if (expected != "250 2.1.0")
            return null;
        session.Send(MemorySession.Rcpt + MemorySession.Data);
        return session.Handler.Envelopes.Single();
    }

    private static MemorySession Start() => MemorySession.After("", options =>
        options.Extensions = [new FutureReleaseExtension(TimeSpan.FromDays(1), Time), new DeliverByExtension(TimeSpan.FromMinutes(1), Time), new PriorityExtension("MIXER")]);
}
