using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>The place of a reply in a session that carries a message to three recipients.</summary>
/// <param name="Name">What it is called in the names of tests.</param>
/// <param name="Moment">When the peer comes to it.</param>
/// <param name="Occurrence">The how-manieth time in the connection.</param>
/// <param name="Due">The reply that is due.</param>
/// <param name="Limit">How long a client waits for it (RFC 5321 §4.5.3.2).</param>
/// <param name="Stage">What it answers.</param>
internal sealed record Place(string Name, SmtpPeerMoment Moment, int Occurrence, string Due, TimeSpan Limit, SmtpStage Stage)
{
    public static Place Mail { get; } = new("MAIL", SmtpPeerMoment.Mail, 1, "250 2.1.0 OK", StageClock.Limits.Mail, SmtpStage.Mail);

    public static IReadOnlyList<Place> Opening { get; } =
    [
        new("greeting", SmtpPeerMoment.Greeting, 1, "220 mx.test ESMTP", StageClock.Limits.Greeting, SmtpStage.Greeting),
        new("EHLO", SmtpPeerMoment.Hello, 1, "250-mx.test\n250-STARTTLS\n250 PIPELINING", StageClock.Limits.Command, SmtpStage.Hello),
        new("STARTTLS", SmtpPeerMoment.StartTls, 1, "220 2.0.0 go ahead", StageClock.Limits.Command, SmtpStage.StartTls),
        new("handshake", SmtpPeerMoment.Handshake, 1, "220 not TLS", StageClock.Limits.TlsHandshake, SmtpStage.TlsHandshake),
        new("EHLO under TLS", SmtpPeerMoment.HelloUnderTls, 1, "250-mx.test\n250 PIPELINING", StageClock.Limits.Command, SmtpStage.Hello),
    ];

    public static IReadOnlyList<Place> Envelope { get; } =
    [
        Mail,
        new("first RCPT", SmtpPeerMoment.Recipient, 1, "250 2.1.5 OK", StageClock.Limits.Recipient, SmtpStage.Recipient),
        new("middle RCPT", SmtpPeerMoment.Recipient, 2, "250 2.1.5 OK", StageClock.Limits.Recipient, SmtpStage.Recipient),
        new("last RCPT", SmtpPeerMoment.Recipient, 3, "250 2.1.5 OK", StageClock.Limits.Recipient, SmtpStage.Recipient),
    ];

    public static IReadOnlyList<Place> Content { get; } =
    [
        new("DATA", SmtpPeerMoment.Data, 1, "354 go ahead", StageClock.Limits.DataInitiation, SmtpStage.Data),
        new("end of data", SmtpPeerMoment.EndOfData, 1, "250 2.0.0 queued", StageClock.Limits.DataTermination, SmtpStage.EndOfData),
    ];

    public static IReadOnlyList<Place> Chunks { get; } =
    [
        new("first BDAT", SmtpPeerMoment.Chunk, 1, "250 2.0.0 taken", StageClock.Limits.DataTermination, SmtpStage.EndOfData),
        new("middle BDAT", SmtpPeerMoment.Chunk, 2, "250 2.0.0 taken", StageClock.Limits.DataTermination, SmtpStage.EndOfData),
        new("last BDAT", SmtpPeerMoment.EndOfData, 1, "250 2.0.0 queued", StageClock.Limits.DataTermination, SmtpStage.EndOfData),
    ];

    public static Place Reset { get; } = new("RSET", SmtpPeerMoment.Reset, 1, "250 2.0.0 OK", StageClock.Limits.Command, SmtpStage.Reset);

    public static Place Noop { get; } = new("NOOP", SmtpPeerMoment.Noop, 1, "250 2.0.0 OK", StageClock.Limits.Command, SmtpStage.Idle);

    public static Place Quit { get; } = new("QUIT", SmtpPeerMoment.Quit, 1, "221 2.0.0 bye", StageClock.Limits.Quit, SmtpStage.Idle);

    /// <summary>The end of the whole message, after which it may have been delivered whatever comes.</summary>
    public bool IsEnd => Moment == SmtpPeerMoment.EndOfData;

    /// <summary>Whom the reply is about: one of the three recipients, or null for all.</summary>
    public int? Recipient => Moment == SmtpPeerMoment.Recipient ? Occurrence - 1 : null;

    public SmtpPeerRule Rule(Fault fault, int shift = 0) => new(Moment, fault.Act(Due)) { Connection = 1, Occurrence = Occurrence + shift };

    /// <summary>Whether the peer has read what it answers here, so that a limit of the wait can pass.</summary>
    public bool IsReached(SmtpPeerRecord record, int shift = 0)
    {
        int Of(string verb) => record.Commands.Count(command => command.StartsWith(verb, StringComparison.Ordinal));
        return Occurrence + shift <= Moment switch
        {
            SmtpPeerMoment.Greeting => 1,
            SmtpPeerMoment.Hello => Of("EHLO"),
            SmtpPeerMoment.StartTls or SmtpPeerMoment.Handshake => Of("STARTTLS"),
            SmtpPeerMoment.HelloUnderTls => Of("EHLO") - 1,
            SmtpPeerMoment.Mail => Of("MAIL"),
            SmtpPeerMoment.Recipient => Of("RCPT"),
            SmtpPeerMoment.Data => Of("DATA"),
            SmtpPeerMoment.Chunk => Of("BDAT"),
            SmtpPeerMoment.Reset => Of("RSET"),
            SmtpPeerMoment.Noop => Of("NOOP"),
            SmtpPeerMoment.Quit => Of("QUIT"),
            SmtpPeerMoment.Authentication => record.Commands.SkipWhile(static command => !command.StartsWith("AUTH", StringComparison.Ordinal)).Count(),
            _ => record.Messages.Count,
        };
    }
}
