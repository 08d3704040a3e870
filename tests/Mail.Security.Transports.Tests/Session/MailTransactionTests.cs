using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>Who is blamed for what: every reply of a transaction with everything a server can do in its place, for two recipients.</summary>
public sealed class MailTransactionTests : IDisposable
{
    private readonly TestCertificateAuthority _authority = TestCertificateAuthority.CreateRoot();

    public enum Mode
    {
        LockStep = 0,
        Pipelined,
        PipelinedUnderTls,
    }

    private const string Delivered = "Accepted/EndOfData Accepted/EndOfData; -; Reusable";

    // moment, occurrence, what the server does, outcome; a second outcome where lock-step differs because it learns less or later
    private static readonly (SmtpPeerMoment Moment, int Occurrence, string Does, string Outcome, string? LockStep)[] Rows =
    [
        (SmtpPeerMoment.Mail, 0, "250 OK", Delivered, null),
        (SmtpPeerMoment.Mail, 0, "250", Delivered, null),
        (SmtpPeerMoment.Mail, 0, "250-one\n250 two", Delivered, null),
        (SmtpPeerMoment.Mail, 0, "451 4.3.0 later", "Deferred/Mail Deferred/Mail; -; Reusable", null),
        (SmtpPeerMoment.Mail, 0, "550 5.7.1 never", "Refused/Mail Refused/Mail; -; Reusable", null),
        (SmtpPeerMoment.Mail, 0, "552 5.3.4 too big", "Refused/Mail Refused/Mail; -; Reusable", null),
        (SmtpPeerMoment.Mail, 0, "550 5.7.1 never CLOSE", "Refused/Mail Refused/Mail; ConnectionLost@Recipient; Broken", "Refused/Mail Refused/Mail; -; Reusable"),
        (SmtpPeerMoment.Mail, 0, "421 4.3.2 closing CLOSE", "Deferred/Mail Deferred/Mail; Refused421@Mail; Broken", null),
        (SmtpPeerMoment.Mail, 0, "CLOSE", "Deferred/Mail Deferred/Mail; ConnectionLost@Mail; Broken", null),
        (SmtpPeerMoment.Mail, 0, "RESET", "Deferred/Mail Deferred/Mail; ConnectionLost@Mail; Broken", null),
        (SmtpPeerMoment.Mail, 0, "STALL", "Deferred/Mail Deferred/Mail; Timeout@Mail; Broken", null),
        (SmtpPeerMoment.Mail, 0, "RAW what?\r\n", "Deferred/Mail Deferred/Mail; ProtocolViolation@Mail; Broken", null),
        (SmtpPeerMoment.Mail, 0, "RAW 250 bare feed\n", "Deferred/Mail Deferred/Mail; ProtocolViolation@Mail; Broken", null),
        (SmtpPeerMoment.Mail, 0, "RAW 250-one\r\n550 two\r\n", "Deferred/Mail Deferred/Mail; ProtocolViolation@Mail; Broken", null),
        (SmtpPeerMoment.Mail, 0, "354 go on", "Deferred/Mail Deferred/Mail; ProtocolViolation@Mail; Broken", null),

        (SmtpPeerMoment.Recipient, 2, "250 OK", Delivered, null),
        (SmtpPeerMoment.Recipient, 2, "251 2.1.5 will forward", Delivered, null),
        (SmtpPeerMoment.Recipient, 2, "252 2.1.5 will try", Delivered, null),
        (SmtpPeerMoment.Recipient, 2, "450 4.2.1 later", "Accepted/EndOfData Deferred/Recipient; -; Reusable", null),
        (SmtpPeerMoment.Recipient, 2, "452 4.5.3 too many", "Accepted/EndOfData Deferred/Recipient; -; Reusable", null),
        (SmtpPeerMoment.Recipient, 2, "552 5.2.2 too many", "Accepted/EndOfData Deferred/Recipient; -; Reusable", null),
        (SmtpPeerMoment.Recipient, 2, "550 5.1.1 unknown", "Accepted/EndOfData Refused/Recipient; -; Reusable", null),
        (SmtpPeerMoment.Recipient, 1, "550 5.1.1 unknown", "Refused/Recipient Accepted/EndOfData; -; Reusable", null),
        (SmtpPeerMoment.Recipient, 2, "550 5.1.1 unknown CLOSE", "Deferred/Data Refused/Recipient; ConnectionLost@Data; Broken", null),
        (SmtpPeerMoment.Recipient, 2, "421 4.3.2 closing CLOSE", "Deferred/Recipient Deferred/Recipient; Refused421@Recipient; Broken", null),
        (SmtpPeerMoment.Recipient, 2, "CLOSE", "Deferred/Recipient Deferred/Recipient; ConnectionLost@Recipient; Broken", null),
        (SmtpPeerMoment.Recipient, 2, "RESET", "Deferred/Recipient Deferred/Recipient; ConnectionLost@Recipient; Broken", null),
        (SmtpPeerMoment.Recipient, 2, "STALL", "Deferred/Recipient Deferred/Recipient; Timeout@Recipient; Broken", null),
        (SmtpPeerMoment.Recipient, 2, "RAW what?\r\n", "Deferred/Recipient Deferred/Recipient; ProtocolViolation@Recipient; Broken", null),
        (SmtpPeerMoment.Recipient, 2, "354 go on", "Deferred/Recipient Deferred/Recipient; ProtocolViolation@Recipient; Broken", null),
        (SmtpPeerMoment.Recipient, 0, "450 4.2.1 later", "Deferred/Recipient Deferred/Recipient; -; Reusable", null),
        (SmtpPeerMoment.Recipient, 0, "550 5.1.1 unknown", "Refused/Recipient Refused/Recipient; -; Reusable", null),

        (SmtpPeerMoment.Data, 0, "250 OK", "Deferred/Data Deferred/Data; ProtocolViolation@Data; Broken", null),
        (SmtpPeerMoment.Data, 0, "334 go on", "Deferred/Data Deferred/Data; ProtocolViolation@Data; Broken", null),
        (SmtpPeerMoment.Data, 0, "451 4.3.0 later", "Deferred/Data Deferred/Data; -; Reusable", null),
        (SmtpPeerMoment.Data, 0, "554 5.7.1 never", "Refused/Data Refused/Data; -; Reusable", null),
        (SmtpPeerMoment.Data, 0, "421 4.3.2 closing CLOSE", "Deferred/Data Deferred/Data; Refused421@Data; Broken", null),
        (SmtpPeerMoment.Data, 0, "CLOSE", "Deferred/Data Deferred/Data; ConnectionLost@Data; Broken", null),
        (SmtpPeerMoment.Data, 0, "RESET", "Deferred/Data Deferred/Data; ConnectionLost@Data; Broken", null),
        (SmtpPeerMoment.Data, 0, "STALL", "Deferred/Data Deferred/Data; Timeout@Data; Broken", null),
        (SmtpPeerMoment.Data, 0, "RAW what?\r\n", "Deferred/Data Deferred/Data; ProtocolViolation@Data; Broken", null),

        (SmtpPeerMoment.EndOfData, 0, "250 2.0.0 queued", Delivered, null),
        (SmtpPeerMoment.EndOfData, 0, "451 4.3.0 later", "Deferred/EndOfData Deferred/EndOfData; -; Reusable", null),
        (SmtpPeerMoment.EndOfData, 0, "552 5.2.2 full", "Refused/EndOfData Refused/EndOfData; -; Reusable", null),
        (SmtpPeerMoment.EndOfData, 0, "554 5.7.1 never", "Refused/EndOfData Refused/EndOfData; -; Reusable", null),
        (SmtpPeerMoment.EndOfData, 0, "421 4.3.2 closing CLOSE", "Deferred/EndOfData Deferred/EndOfData; Refused421@EndOfData; Broken", null),
        (SmtpPeerMoment.EndOfData, 0, "CLOSE", "Deferred/EndOfData Deferred/EndOfData; ConnectionLost@EndOfData; Broken", null),
        (SmtpPeerMoment.EndOfData, 0, "RESET", "Deferred/EndOfData Deferred/EndOfData; ConnectionLost@EndOfData; Broken", null),
        (SmtpPeerMoment.EndOfData, 0, "STALL", "Deferred/EndOfData Deferred/EndOfData; Timeout@EndOfData; Broken", null),
        (SmtpPeerMoment.EndOfData, 0, "RAW what?\r\n", "Deferred/EndOfData Deferred/EndOfData; ProtocolViolation@EndOfData; Broken", null),
        (SmtpPeerMoment.EndOfData, 0, "354 go on", "Deferred/EndOfData Deferred/EndOfData; ProtocolViolation@EndOfData; Broken", null),
    ];

    public static TheoryData<Mode, SmtpPeerMoment, int, string, string> Table
    {
        get
        {
            var table = new TheoryData<Mode, SmtpPeerMoment, int, string, string>();
            foreach (var row in Rows)
            {
                foreach (var mode in Enum.GetValues<Mode>())
                    table.Add(mode, row.Moment, row.Occurrence, row.Does, mode == Mode.LockStep ? row.LockStep ?? row.Outcome : row.Outcome);
            }
            return table;
        }
    }

    [Theory]
    [MemberData(nameof(Table))]
    [Trait("rfc", "5321#4.2")]
    [Trait("rfc", "2920#3.1")]
    public async Task SendAsync_ReplyReplaced_OutcomeForEachRecipient(Mode mode, SmtpPeerMoment moment, int occurrence, string does, string outcome)
    {
        using var certificate = _authority.Issue("mx.test");
        var options = Options(mode, certificate);
        options.Rules.Add(new SmtpPeerRule(moment, Act.Read(does)) { Occurrence = occurrence });
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
        var clock = new StageClock();
        await using var session = await Rig.OpenAsync(peer, mode == Mode.PipelinedUnderTls ? Rig.StartTls : Rig.Clear, clock);

        var sending = session.SendAsync(Rig.Envelope("a@mx.test", "b@mx.test"), Rig.Content, Rig.Stop).AsTask();
        if (does == "STALL")
        {
            await Rig.UntilAsync(() => Act.HasReached(peer.Connections[0], moment, recipients: 2));
            clock.Expire(LimitOf(moment));
        }
        var result = await sending;

        Assert.Equal(outcome, Rig.Describe(result));
        Assert.Equal(result.State, session.State);
        Assert.All(result.Recipients, one => Assert.Equal(one.Outcome == DeliveryOutcome.Refused, one.Reply is { IsPermanent: true, Code: not 552 } || one is { Stage: not SmtpStage.Recipient, Reply.Code: 552 }));
        if (result.Recipients.Any(one => one.Outcome == DeliveryOutcome.Accepted))
            Assert.Equal("Subject: hi\r\n\r\nhello\r\n", Assert.Single(peer.Connections[0].Messages).Text);
    }

    [Theory]
    [InlineData(Mode.LockStep)]
    [InlineData(Mode.Pipelined)]
    [InlineData(Mode.PipelinedUnderTls)]
    public async Task SendAsync_AfterEveryKindOfRefusal_SessionCarriesTheNext(Mode mode)
    {
        using var certificate = _authority.Issue("mx.test");
        var options = Options(mode, certificate);
        options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.Mail, new SmtpPeerAction.Reply("451 4.3.0 later")) { Occurrence = 1 });
        options.On(SmtpPeerMoment.Recipient, "*none@*", "550 5.1.1 unknown");
        options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.Data, new SmtpPeerAction.Reply("451 4.3.0 later")) { Occurrence = mode == Mode.LockStep ? 1 : 3 });
        options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Reply("554 5.6.0 no")) { Occurrence = 1 });
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
        await using var session = await Rig.OpenAsync(peer, mode == Mode.PipelinedUnderTls ? Rig.StartTls : Rig.Clear);

        var outcomes = new List<string>();
        foreach (var recipient in new[] { "a@mx.test", "none@mx.test", "b@mx.test", "c@mx.test", "d@mx.test", "e@mx.test" })
            outcomes.Add(Rig.Describe(await session.SendAsync(Rig.Envelope(recipient), Rig.Content, Rig.Stop)));

        Assert.Equal(["Deferred/Mail; -; Reusable", "Refused/Recipient; -; Reusable", "Deferred/Data; -; Reusable", "Refused/EndOfData; -; Reusable",
            "Accepted/EndOfData; -; Reusable", "Accepted/EndOfData; -; Reusable"], outcomes);
        Assert.Equal(4, peer.Connections[0].Commands.Count(command => command == "RSET"));    // one after each refusal, none after a delivery
        Assert.Equal(3, peer.Connections[0].Messages.Count);                                  // one of them read and refused
    }

    public void Dispose() => _authority.Dispose();

    private static MailExchangerOptions Options(Mode mode, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate) => new()
    {
        Tls = mode == Mode.PipelinedUnderTls ? new SmtpPeerTls(certificate) : null,
        Keywords = mode == Mode.LockStep ? ["SIZE"] : ["SIZE", "PIPELINING"],
    };

    private static TimeSpan LimitOf(SmtpPeerMoment moment) => moment switch
    {
        SmtpPeerMoment.Mail => StageClock.Limits.Mail,
        SmtpPeerMoment.Recipient => StageClock.Limits.Recipient,
        SmtpPeerMoment.Data => StageClock.Limits.DataInitiation,
        _ => StageClock.Limits.DataTermination,
    };
}
