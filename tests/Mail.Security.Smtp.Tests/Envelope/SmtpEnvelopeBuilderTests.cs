namespace Mail.Security.Smtp.Tests.Envelope;

public sealed class SmtpEnvelopeBuilderTests
{
    [Fact]
    public void Build_EveryProperty_ReachesTheEnvelope()
    {
        var builder = Full();
        var envelope = builder.Build();

        foreach (var property in typeof(SmtpEnvelopeBuilder).GetProperties())
        {
            var built = typeof(SmtpEnvelope).GetProperty(property.Name)!.GetValue(envelope);
            Assert.Equal(property.GetValue(builder), built);
            Assert.NotEqual(property.GetValue(new SmtpEnvelopeBuilder()), built);
        }
    }

    [Fact]
    public void Build_LaterChanges_DoNotReachTheEnvelope()
    {
        var builder = new SmtpEnvelopeBuilder();
        builder.Recipients.Add(new SmtpRecipient(MailPath.Parse("bob@b.example")));
        var envelope = builder.Build();
        builder.Recipients.Clear();
        builder.TlsDemand = TlsDemand.RequireTls;
        Assert.Single(envelope.Recipients);
        Assert.Equal(TlsDemand.Default, envelope.TlsDemand);
    }

    [Fact]
    public void Build_SayingTheSame_GivesThePreviousEnvelope()
    {
        var builder = Full();
        var previous = builder.Build(null);
        builder.Clear();
        Assert.NotSame(previous, builder.Build(previous));
        Assert.Same(previous, Full().Build(previous));
    }

    // A property that is added later and forgotten in the comparison would hand one client's envelope out for another's.
    [Fact]
    public void Build_AnyPropertyDifferent_GivesANewEnvelope()
    {
        var previous = Full().Build(null);
        foreach (var property in typeof(SmtpEnvelopeBuilder).GetProperties())
        {
            var builder = Full();
            if (property.Name == nameof(SmtpEnvelopeBuilder.Recipients))
                builder.Recipients[0] = new SmtpRecipient(MailPath.Parse("eve@b.example"));
            else
                property.SetValue(builder, property.GetValue(new SmtpEnvelopeBuilder()));
            Assert.NotSame(previous, builder.Build(previous));
        }
        var more = Full();
        more.Recipients.Add(new SmtpRecipient(MailPath.Parse("eve@b.example")));
        Assert.NotSame(previous, more.Build(previous));
    }

    [Fact]
    public void Clear_EveryProperty_IsAsInANewBuilder()
    {
        var builder = Full();
        builder.Clear();
        Assert.Empty(builder.Recipients);
        foreach (var property in typeof(SmtpEnvelopeBuilder).GetProperties())
            Assert.Equal(property.GetValue(new SmtpEnvelopeBuilder()), property.GetValue(builder));
    }

    [Fact]
    public void Build_OfNothing_DemandsNothing()
    {
        var envelope = new SmtpEnvelopeBuilder().Build();
        Assert.Equal((true, 0, TlsDemand.Default, BodyType.SevenBit, false, null), (envelope.ReversePath.IsNull, envelope.Recipients.Count, envelope.TlsDemand, envelope.Body, envelope.SmtpUtf8, envelope.Size));
    }

    private static SmtpEnvelopeBuilder Full()
    {
        var builder = new SmtpEnvelopeBuilder
        {
            ReversePath = MailPath.Parse("ann@a.example"),
            TlsDemand = TlsDemand.RequireTls,
            Body = BodyType.BinaryMime,
            SmtpUtf8 = true,
            Size = 17,
            Return = DsnReturn.HeadersOnly,
            EnvelopeId = "QQ314159",
            FutureRelease = new FutureRelease(DateTimeOffset.UnixEpoch, "for;1"),
            DeliverBy = new DeliverBy(DateTimeOffset.UnixEpoch, DeliverByMode.Return, DeliverByTrace.On),
            RequestedPriority = -3,
            Submitter = MailPath.Parse("sue@a.example"),
            AuthorizationIdentity = "ann",
        };
        builder.Recipients.Add(new SmtpRecipient(MailPath.Parse("bob@b.example")));
        return builder;
    }
}
