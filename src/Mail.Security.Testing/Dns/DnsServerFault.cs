using Mail.Security.Dnssec;

namespace Mail.Security.Testing;

/// <summary>A way in which the test server departs from a right answer. A closed set of cases.</summary>
public abstract record DnsServerFault
{
    private DnsServerFault()
    {
    }

    /// <summary>Answers with a response code and no records: 1 FORMERR, 2 SERVFAIL, 4 NOTIMP, 5 REFUSED; from 16 on by way of EDNS (RFC 6891 §6.1.3).</summary>
    /// <param name="Code">The code, at most 4095.</param>
    /// <param name="Errors">Extended errors to add (RFC 8914 §2), when the question has EDNS.</param>
    public sealed record ResponseCode(int Code, params ExtendedDnsError[] Errors) : DnsServerFault;

    /// <summary>Never answers; over TCP the connection stays open.</summary>
    public sealed record Silence : DnsServerFault;

    /// <summary>Answers after a time, by the system's clock.</summary>
    /// <param name="Time">How long to wait.</param>
    public sealed record Delay(TimeSpan Time) : DnsServerFault;

    /// <summary>Answers after a task has ended, for tests that decide when.</summary>
    /// <param name="Signal">The task to wait for.</param>
    public sealed record HoldUntil(Task Signal) : DnsServerFault;

    /// <summary>Answers as if another name had been asked for.</summary>
    public sealed record WrongName : DnsServerFault;

    /// <summary>Answers with another type in the question.</summary>
    public sealed record WrongType : DnsServerFault;

    /// <summary>Answers with another class in the question.</summary>
    public sealed record WrongClass : DnsServerFault;

    /// <summary>Answers with another identifier.</summary>
    public sealed record WrongId : DnsServerFault;

    /// <summary>Answers empty with the TC bit over UDP, whole over TCP.</summary>
    public sealed record TruncatedOverUdp : DnsServerFault;

    /// <summary>Answers empty with the TC bit whatever the transport.</summary>
    public sealed record TruncatedAlways : DnsServerFault;

    /// <summary>Answers with the right identifier and question, and octets without sense behind them.</summary>
    public sealed record Garbage : DnsServerFault;

    /// <summary>Departs over one transport only.</summary>
    /// <param name="Transport">The transport.</param>
    /// <param name="Fault">What happens there.</param>
    public sealed record Only(DnsTransport Transport, DnsServerFault Fault) : DnsServerFault;

    /// <summary>Closes a connection in the middle of the answer; without effect over UDP.</summary>
    public sealed record BrokenConnection : DnsServerFault;

    /// <summary>Sends what a function makes of the answer.</summary>
    /// <param name="Change">Takes the answer and gives what is sent; called for each question, by several threads.</param>
    public sealed record Rewritten(Func<byte[], byte[]> Change) : DnsServerFault;
}
