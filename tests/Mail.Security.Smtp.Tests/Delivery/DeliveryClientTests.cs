using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Smtp.Tests.Delivery;

/// <summary>What a client tells the next server of times and priorities; it is 2030-01-01T00:00:00Z.</summary>
public sealed class DeliveryClientTests
{
    private static readonly FakeTimeProvider Time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("DELIVERBY", 60, DeliverByMode.Return, DeliverByTrace.Off, "BY=60;R")]
    [InlineData("DELIVERBY 60", 60, DeliverByMode.Return, DeliverByTrace.On, "BY=60;RT")]
    [InlineData("DELIVERBY 61", 60, DeliverByMode.Return, DeliverByTrace.Off, "5.4.7")]
    [InlineData("DELIVERBY 61,NEWS", 60, DeliverByMode.Return, DeliverByTrace.Off, "5.4.7")]
    [InlineData("DELIVERBY 61", 60, DeliverByMode.Notify, DeliverByTrace.Off, "BY=60;N")]
    [InlineData("DELIVERBY ,NEWS", 60, DeliverByMode.Return, DeliverByTrace.Off, "BY=60;R")]
    [InlineData("DELIVERBY", 0, DeliverByMode.Return, DeliverByTrace.Off, "5.4.7")]
    [InlineData("DELIVERBY", -5, DeliverByMode.Notify, DeliverByTrace.On, "BY=-5;NT")]
    [InlineData("DELIVERBY", 2_000_000_000, DeliverByMode.Notify, DeliverByTrace.Off, "BY=999999999;N")]
    [InlineData("DSN", 60, DeliverByMode.Return, DeliverByTrace.Off, "5.4.7")]
    [InlineData("DSN", 60, DeliverByMode.Notify, DeliverByTrace.Off, "")]
    [Trait("rfc", "2852#4.1.4")]
    [Trait("rfc", "2852#4.1.4.1")]
    [Trait("rfc", "2852#4.1.4.2")]
    public void DeliverBy_NextServer_IsToldTheTimeThatIsLeft(string keyword, int seconds, DeliverByMode mode, DeliverByTrace trace, string expected) =>
        Assert.Equal(expected, Prepare(new DeliverByExtension(time: Time), keyword, new() { ReversePath = MailPath.Null, Recipients = [], DeliverBy = new(Time.GetUtcNow().AddSeconds(seconds), mode, trace) }));

    [Theory]
    [InlineData("MT-PRIORITY MIXER", 4, "MT-PRIORITY=4")]
    [InlineData("MT-PRIORITY", -9, "MT-PRIORITY=-9")]
    [InlineData("MT-PRIORITY", null, "")]
    [InlineData("DSN", 4, "")]
    [Trait("rfc", "6710#4.2")]
    [Trait("rfc", "6710#4.3")]
    public void Priority_NextServer_IsToldWhenItKnows(string keyword, int? priority, string expected) =>
        Assert.Equal(expected, Prepare(new PriorityExtension(), keyword, new() { ReversePath = MailPath.Null, Recipients = [], RequestedPriority = priority }));

    [Fact]
    public void DeliverBy_NothingAskedFor_SaysNothing() =>
        Assert.Equal("", Prepare(new DeliverByExtension(), "DELIVERBY", new() { ReversePath = MailPath.Null, Recipients = [] }));

    [Fact]
    public void Constructors_OutOfRange_AreMisuse()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FutureReleaseExtension(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FutureReleaseExtension(TimeSpan.FromSeconds(1_000_000_000)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeliverByExtension(TimeSpan.FromSeconds(-1)));
        Assert.Throws<ArgumentException>(() => new PriorityExtension("a b"));
        Assert.Throws<ArgumentException>(() => new PriorityExtension(""));
    }

    // The parameters, or the status of the refusal.
    private static string Prepare(SmtpExtension extension, string keyword, SmtpEnvelope envelope)
    {
        var parameters = new SmtpParameterList();
        var peer = EhloCapabilities.FromReply(new SmtpReply(250, null, ["mx.example", keyword]));
        return extension.PrepareMail(new SmtpChannel(ChannelSecurity.Clear), peer, envelope, parameters) switch
        {
            SmtpClientGate.Refuse(var refusal) => refusal.Status.ToString(),
            _ => string.Join(' ', parameters),
        };
    }
}
