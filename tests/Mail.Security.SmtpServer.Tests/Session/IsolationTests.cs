using FsCheck;
using FsCheck.Xunit;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Session;

/// <summary>What a session remembers of one transaction is nothing that the next one shows: each is as in a session of its own.</summary>
public sealed class IsolationTests
{
    private static readonly string[] Senders =
    [
        "<>", "<ann@a.example>", "<Ann@a.example>", "<ann@A.EXAMPLE>", "<\"ann\"@a.example>", "<\"a nn\"@a.example>", "<@x.example:ann@a.example>", "<ann@[192.0.2.1]>", "<ann@[IPv6:2001:db8::1]>",
        "<ann@[IPv6:2001:DB8:0::1]>", "<Postmaster>", "<postmaster>", "<ann@a..example>", "<ann>",
    ];

    private static readonly string[] MailParameters =
    [
        "", " SIZE=1", " SIZE=2", " BODY=8BITMIME", " BODY=7BIT", " BODY=BINARYMIME", " SMTPUTF8", " RET=FULL", " RET=HDRS ENVID=a", " ENVID=A", " BY=60;R", " BY=60;NT", " HOLDFOR=30", " HOLDFOR=40",
        " MT-PRIORITY=3", " MT-PRIORITY=-3", " SIZE=3 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=b BY=90;N HOLDFOR=20 MT-PRIORITY=0", " XYZZY", " RET=FULL SIZE=x",
    ];

    private static readonly string[] RcptParameters = ["", " NOTIFY=NEVER", " NOTIFY=SUCCESS,DELAY", " ORCPT=rfc822;x@y.example", " NOTIFY=FAILURE ORCPT=RFC822;X@y.example", " NOTIFY=MAYBE", " ORCPT=x"];

    [Property(MaxTest = 200)]
    public void Transactions_BehindOneAnother_AreAsThoseOfSessionsOfTheirOwn(byte[][] transactions)
    {
        transactions = [.. transactions.Where(steps => steps is not null)];
        var session = Start();
        var together = new List<string>();
        foreach (var steps in transactions)
        {
            var alone = Start();
            var text = Say(steps);
            Assert.Equal(string.Join(", ", MemorySession.Codes(alone.Send(text))), string.Join(", ", MemorySession.Codes(session.Send(text))));
            together.AddRange(alone.Handler.Envelopes.Select(Describe));
        }
        // Described only now, when the session has gone on: an envelope that was given away never changes.
        Assert.Equal(together, session.Handler.Envelopes.Select(Describe));
    }

    [Fact]
    public void Transactions_WithEveryPairOfParameters_AreAsThoseOfSessionsOfTheirOwn()
    {
        var session = Start();
        var together = new List<string>();
        foreach (var (first, second) in MailParameters.SelectMany(first => MailParameters.Select(second => (first, second))))
        {
            foreach (var parameters in (string[])[first, second])
            {
                var alone = Start();
                var text = $"MAIL FROM:<ann@a.example>{parameters}\r\n{MemorySession.Rcpt}BDAT 0 LAST\r\nRSET\r\n";
                alone.Send(text);
                session.Send(text);
                together.AddRange(alone.Handler.Envelopes.Select(Describe));
            }
        }
        Assert.Equal(together, session.Handler.Envelopes.Select(Describe));
    }

    private static string Say(byte[] steps) => string.Concat(steps.Select((step, index) => (index == 0 ? 0 : step % 8) switch
    {
        0 => $"MAIL FROM:{Senders[step % Senders.Length]}{MailParameters[(step + index) % MailParameters.Length]}\r\n",
        1 or 2 or 3 => $"RCPT TO:{Senders[step % Senders.Length]}{RcptParameters[(step + index) % RcptParameters.Length]}\r\n",
        4 => "DATA\r\n.\r\n",
        5 => "BDAT 0 LAST\r\n",
        6 => "BDAT 2\r\n\r\n",
        _ => "RSET\r\n",
    })) + "RSET\r\n";

    private static MemorySession Start() => MemorySession.After(MemorySession.Hello, options =>
    {
        (options.MaxErrors, options.MaxIdleCommands) = (int.MaxValue, int.MaxValue);
        options.Features = SmtpServerFeatures.Chunking | SmtpServerFeatures.BinaryMime | SmtpServerFeatures.Dsn;
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        options.Extensions = [new FutureReleaseExtension(TimeSpan.FromHours(1), time), new DeliverByExtension(default, time), new PriorityExtension()];
    });

    private static string Describe(SmtpEnvelope envelope) => $"{envelope with { Recipients = [] }} {string.Join(' ', envelope.Recipients)}";
}
