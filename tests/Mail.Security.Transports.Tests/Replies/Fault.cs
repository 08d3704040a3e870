using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>What a deed in the place of a reply is, for a client.</summary>
internal enum FaultClass : byte
{
    /// <summary>A reply of the class that is due: the first digit decides (RFC 5321 §4.2, §4.3.2).</summary>
    Fine = 0,

    /// <summary>The connection ends: as if 451 had been said (RFC 5321 §3.8).</summary>
    Lost,

    /// <summary>Nothing more comes, and the limit of the wait passes (RFC 5321 §4.5.3.2).</summary>
    Late,

    /// <summary>No reply, or one that has no place here: nobody knows the state of the server any more (RFC 5321 §4.2).</summary>
    Nonsense,

    /// <summary>421 (RFC 5321 §3.8).</summary>
    Goodbye,

    /// <summary>A refusal for now (RFC 5321 §4.2.1).</summary>
    Later,

    /// <summary>A refusal for good (RFC 5321 §4.2.1).</summary>
    Never,

    /// <summary>The reply that is due, and one more for which nothing was asked (RFC 5321 §4.2: exactly one).</summary>
    Extra,
}

/// <summary>Something a server does in the place of one reply.</summary>
/// <param name="Name">What it is called in the names of tests.</param>
/// <param name="Class">What it is.</param>
/// <param name="Act">Makes the deed of the reply that is due.</param>
/// <param name="Status">The status it tells, where it does.</param>
internal sealed record Fault(string Name, FaultClass Class, Func<string, SmtpPeerAction> Act, string? Status = null)
{
    private static readonly SmtpPeerAction Close = new SmtpPeerAction.Close();

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("code alone", FaultClass.Fine, static due => new SmtpPeerAction.Reply(due[..3])),
        new("another code of the class", FaultClass.Fine, static due => new SmtpPeerAction.Reply($"{due[0]}59 new")),
        new("long line", FaultClass.Fine, static due => new SmtpPeerAction.Reply($"{due} {new string('x', 600)}")),
        new("three lines", FaultClass.Fine, static due => new SmtpPeerAction.Reply($"{due[..3]}-one\n{due[..3]}-550 two\n{due[..3]} three")),
        new("close", FaultClass.Lost, static _ => Close),
        new("reset", FaultClass.Lost, static _ => new SmtpPeerAction.Reset()),
        new("half a code, close", FaultClass.Lost, static due => new SmtpPeerAction.RawAndEnd(due[..2], Close)),
        new("half a line, close", FaultClass.Lost, static due => new SmtpPeerAction.RawAndEnd(due.Split('\n')[0], Close)),
        new("half a reply, close", FaultClass.Lost, static due => new SmtpPeerAction.RawAndEnd($"{due[..3]}-one\r\n", Close)),
        new("half a reply, reset", FaultClass.Lost, static due => new SmtpPeerAction.RawAndEnd($"{due[..3]}-one\r\n", new SmtpPeerAction.Reset())),
        new("stall", FaultClass.Late, static _ => new SmtpPeerAction.Stall()),
        new("half a reply, stall", FaultClass.Late, static due => new SmtpPeerAction.RawAndEnd($"{due[..3]}-one\r\n{due[..3]}", new SmtpPeerAction.Stall())),
        new("garbage", FaultClass.Nonsense, static _ => new SmtpPeerAction.Raw("\u0016\u0003\u0001\0\u00ff\u00fe what?\r\n")),
        new("text", FaultClass.Nonsense, static _ => new SmtpPeerAction.Raw("HTTP/1.1 400 Bad Request\r\n\r\n")),
        new("bare LF", FaultClass.Nonsense, static due => new SmtpPeerAction.Raw($"{due.Split('\n')[0]}\n")),
        new("endless line", FaultClass.Nonsense, static due => new SmtpPeerAction.RawAndEnd(due.Split('\n')[0] + new string('x', 70_000), new SmtpPeerAction.Stall())),
        new("two codes", FaultClass.Nonsense, static due => new SmtpPeerAction.Raw($"{due[..3]}-one\r\n550 two\r\n")),
        new("000", FaultClass.Nonsense, static _ => new SmtpPeerAction.Raw("000 nothing\r\n")),
        new("1yz", FaultClass.Nonsense, static _ => new SmtpPeerAction.Raw("150 coming\r\n")),
        new("6yz", FaultClass.Nonsense, static _ => new SmtpPeerAction.Raw("650 beyond\r\n")),
        new("wrong class", FaultClass.Nonsense, static due => new SmtpPeerAction.Raw(due[0] == '3' ? "250 2.0.0 OK\r\n" : "354 go on\r\n")),
        new("421, close", FaultClass.Goodbye, static _ => new SmtpPeerAction.ReplyAndClose("421 4.3.2 closing"), "4.3.2"),
        new("421, reset", FaultClass.Goodbye, static _ => new SmtpPeerAction.RawAndEnd("421 4.3.2 closing\r\n", new SmtpPeerAction.Reset()), "4.3.2"),
        new("421, stall", FaultClass.Goodbye, static _ => new SmtpPeerAction.RawAndEnd("421-4.3.2 closing\r\n421 4.3.2 soon\r\n", new SmtpPeerAction.Stall()), "4.3.2"),
        new("451", FaultClass.Later, static _ => new SmtpPeerAction.Reply("451 4.3.1 not now"), "4.3.1"),
        new("another 4yz", FaultClass.Later, static _ => new SmtpPeerAction.Reply("499 not now"), "4.0.0"),
        new("550", FaultClass.Never, static _ => new SmtpPeerAction.Reply("550 5.7.1 never"), "5.7.1"),
        new("another 5yz", FaultClass.Never, static _ => new SmtpPeerAction.Reply("599 never"), "5.0.0"),
        new("one more reply", FaultClass.Extra, static due => new SmtpPeerAction.Reply($"{due}\n250 2.0.0 more")),
    ];

    public static Fault Named(string name) => All.Single(fault => fault.Name == name);
}
