using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Session;

/// <summary>A client that stalls, at every place where it can.</summary>
public sealed class TimeLimitTests
{
    private const string Timeout = "421 4.4.2 Timeout, closing the connection\r\n";
    private const string Transaction = MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    [Theory]
    [InlineData("", 2)]
    [InlineData("EHL", 2)]                                                  // half a first command
    [InlineData(MemorySession.Hello, 3)]
    [InlineData(MemorySession.Hello + "MAIL FROM:<a", 3)]
    [InlineData(MemorySession.Hello + MemorySession.Mail, 3)]
    [InlineData(Transaction, 3)]
    [InlineData(Transaction + "RSET\r\n", 3)]
    [InlineData(Transaction + MemorySession.Data, 4)]
    [InlineData(Transaction + MemorySession.Data + "text", 4)]
    [InlineData(Transaction + MemorySession.Data + "text\r\n.\r", 4)]
    [InlineData(Transaction + MemorySession.Data + "text\r\n.\r\n", 3)]
    [Trait("rfc", "5321#4.5.3.2")]
    public void Client_Silent_IsToldSoAndTheSessionEnds(string said, int minutes)
    {
        var session = Start();
        session.Send(said);
        Assert.Equal("", session.Advance(TimeSpan.FromMinutes(minutes) - Tick));
        Assert.False(session.Run.IsCompleted);
        Assert.Equal(Timeout, session.Advance(Tick));
        Assert.Equal(SessionEndReason.Timeout, session.End.Reason);
        Assert.All(session.Handler.Sinks, sink => Assert.Equal(1, sink.Disposals));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("x\r")]
    public void CommandLine_ByteByByte_DoesNotStretchTheLimit(string drop)
    {
        var session = Start();
        session.Send(MemorySession.Hello);
        for (var second = 1; second < 180; second++)
        {
            session.Send(drop);
            Assert.Equal("", session.Advance(TimeSpan.FromSeconds(1)));
        }
        Assert.Equal(Timeout, session.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(SessionEndReason.Timeout, session.End.Reason);
    }

    [Fact]
    public void CommandLine_WithoutEndOverTheLimit_DoesNotStretchTheTime()
    {
        var session = Start();
        session.Send(MemorySession.Hello);
        for (var second = 1; second < 180; second++)
        {
            session.Send(new string('x', 3000));
            Assert.Equal("", session.Advance(TimeSpan.FromSeconds(1)));
        }
        Assert.Equal(Timeout, session.Advance(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Commands_InTime_GoOnForEver()
    {
        var session = Start();
        session.Send(MemorySession.Hello);
        for (var count = 0; count < 50; count++)
        {
            Assert.Equal("", session.Advance(TimeSpan.FromMinutes(3) - Tick));
            Assert.Equal("250 2.0.0", session.Ask("NOOP\r\n"));
        }
    }

    [Theory]
    [InlineData("", "NOOP\r\n")]
    [InlineData(MemorySession.Mail, "RCPT TO:<b@b.example>\r\n")]
    [InlineData("", "RSET\r\n")]
    public void Commands_OneEveryFewMinutes_HoldNoPlaceForEver(string before, string command)
    {
        var session = Start(options => options.Timeouts.BetweenMessages = TimeSpan.FromMinutes(10));
        session.Send(MemorySession.Hello + before);
        foreach (var _ in Enumerable.Range(0, 4))
        {
            Assert.Equal("", session.Advance(TimeSpan.FromMinutes(2)));
            Assert.StartsWith("250", session.Ask(command), StringComparison.Ordinal);
        }
        Assert.Equal("", session.Advance(TimeSpan.FromMinutes(2) - Tick));
        Assert.Equal(Timeout, session.Advance(Tick));
        Assert.Equal(SessionEndReason.Timeout, session.End.Reason);
    }

    [Fact]
    [Trait("rfc", "4954#4")]
    public void Logins_GivenUpAgainAndAgain_ShareTheTimeOfCommands()
    {
        var session = Start(options =>
        {
            options.Timeouts.BetweenMessages = TimeSpan.FromMinutes(10);
            new TestAccounts().Everywhere()(options);
        });
        session.Send(MemorySession.Hello);
        foreach (var _ in Enumerable.Range(0, 4))
        {
            Assert.StartsWith("334", session.Ask("AUTH PLAIN\r\n"), StringComparison.Ordinal);
            Assert.Equal("", session.Advance(TimeSpan.FromMinutes(2)));
            Assert.StartsWith("501", session.Ask("*\r\n"), StringComparison.Ordinal);
        }
        Assert.StartsWith("334", session.Ask("AUTH PLAIN\r\n"), StringComparison.Ordinal);
        Assert.Equal("", session.Advance(TimeSpan.FromMinutes(2) - Tick));
        Assert.Equal(Timeout, session.Advance(Tick));
    }

    [Fact]
    public void Commands_WithMessagesInBetween_HaveTheirTimeAnew()
    {
        var session = Start(options => options.Timeouts.BetweenMessages = TimeSpan.FromMinutes(5));
        session.Send(MemorySession.Hello);
        foreach (var _ in Enumerable.Range(0, 10))
        {
            Assert.Equal("", session.Advance(TimeSpan.FromMinutes(2)));
            session.Send(MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data);
            Assert.Equal("", session.Advance(TimeSpan.FromMinutes(3)));         // data has its own limits
            Assert.Equal("250 2.0.0", session.Ask("x\r\n.\r\n"));
        }
    }

    [Fact]
    public void Data_Dribbling_IsCutOffWhenTheGraceIsUsedUp()
    {
        var session = Start(options => options.Timeouts.DataGrace = TimeSpan.FromMinutes(3));
        session.Send(Transaction + MemorySession.Data);
        // 10 bytes a second against 1024: 3 minutes of grace and what was earned, 180 * 10 / 1014 seconds.
        var seconds = 0;
        while (!session.Run.IsCompleted && seconds < 1000)
        {
            session.TrySend(new byte[] { 120, 120, 120, 120, 120, 120, 120, 120, 120, 120 });
            session.Advance(TimeSpan.FromSeconds(1));
            seconds++;
        }
        Assert.InRange(seconds, 180, 183);
        Assert.Equal((SessionEndReason.Timeout, 0, 1), (session.End.Reason, session.Handler.Sinks[0].Completions, session.Handler.Sinks[0].Disposals));
    }

    [Fact]
    public void Data_FastEnough_TakesAsLongAsItNeeds()
    {
        var session = Start(options => (options.MaxMessageSize, options.Timeouts.DataGrace) = (0, TimeSpan.FromMinutes(3)));
        session.Send(Transaction + MemorySession.Data);
        for (var second = 0; second < 2000; second++)
        {
            Assert.Equal("", session.Send(new string('x', 1022) + "\r\n"));
            session.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal("250 2.0.0", session.Ask(".\r\n"));
    }

    [Fact]
    public void Data_WithoutARate_OnlyTheBlockLimitStands()
    {
        var session = Start(options => options.Timeouts.DataMinimumRate = 0);
        session.Send(Transaction + MemorySession.Data);
        for (var block = 0; block < 20; block++)
        {
            session.Send("x");
            Assert.Equal("", session.Advance(TimeSpan.FromMinutes(4) - Tick));
        }
        Assert.Equal("250 2.0.0", session.Ask("\r\n.\r\n"));
    }

    [Fact]
    public void Data_RefusedAndWithoutEnd_IsNotReadForEver()
    {
        var session = Start(options => options.MaxMessageSize = 10);
        session.Send(Transaction + MemorySession.Data + "more than ten\r\n");
        Assert.Equal(1, session.Handler.Sinks[0].Disposals);
        for (var minute = 1; minute < 10; minute++)
        {
            session.Send(new string('x', 500_000));
            Assert.Equal("", session.Advance(TimeSpan.FromMinutes(1)));
        }
        Assert.Equal("552 5.3.4", Assert.Single(MemorySession.Codes(session.Advance(TimeSpan.FromMinutes(1)))));
        Assert.Equal(SessionEndReason.Timeout, session.End.Reason);
    }

    [Theory]
    [InlineData("")]                                                        // the greeting
    [InlineData(MemorySession.Hello)]
    [InlineData(Transaction)]
    [InlineData(Transaction + MemorySession.Data)]
    [InlineData(Transaction + MemorySession.Data + "x\r\n.\r\n")]
    public void Replies_NotRead_EndTheSession(string said)
    {
        var session = new MemorySession(outputLimit: said.Length == 0 ? 1 : 150 + said.Length);
        // Until the pipe is full.
        for (var count = 0; count < 200 && !session.Run.IsCompleted && session.TrySend(System.Text.Encoding.ASCII.GetBytes(count == 0 ? said : "NOOP\r\n")); count++)
        {
        }
        Assert.False(session.Run.IsCompleted);
        MemorySession.Inline(() =>
        {
            session.Time.Advance(TimeSpan.FromMinutes(5));
            return 0;
        });
        Assert.Equal((SessionEndReason.Timeout, "the client does not read"), (session.End.Reason, session.End.Detail));
    }

    [Fact]
    public void LastWords_NotRead_EndTheSessionSoon()
    {
        var session = Start(outputLimit: 30);
        session.Received();
        session.TrySend("QUIT\r\nx"u8.ToArray());
        session.TrySend("QUIT\r\n"u8.ToArray());
        session.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(SessionEndReason.Quit, session.End.Reason);
    }

    [Fact]
    public void Timeouts_OutOfRange_AreRefused()
    {
        foreach (var broken in (Action<SmtpServerTimeouts>[])[
            timeouts => timeouts.Command = TimeSpan.Zero, timeouts => timeouts.FirstCommand = TimeSpan.FromSeconds(-1), timeouts => timeouts.Handshake = System.Threading.Timeout.InfiniteTimeSpan,
            timeouts => timeouts.DataBlock = TimeSpan.Zero, timeouts => timeouts.DataGrace = TimeSpan.Zero, timeouts => timeouts.Discard = TimeSpan.Zero, timeouts => timeouts.Write = TimeSpan.Zero,
            timeouts => timeouts.Handler = TimeSpan.Zero, timeouts => timeouts.BetweenMessages = TimeSpan.Zero, timeouts => timeouts.ShutdownGrace = TimeSpan.FromSeconds(-1), timeouts => timeouts.DataMinimumRate = -1])
        {
            var options = MemorySession.Defaults();
            broken(options.Timeouts);
            Assert.Throws<ArgumentOutOfRangeException>(options.Validate);
        }
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        foreach (var broken in (Action<SmtpServerOptions>[])[
            options => options.HostName = default, options => options.MaxMessageSize = -1, options => options.MaxRecipients = 99, options => options.MaxCommandLine = 511,
            options => options.MaxErrors = 0, options => options.MaxIdleCommands = 0, options => options.Extensions = null!, options => options.Timeouts = null!])
        {
            var options = MemorySession.Defaults();
            broken(options);
            Assert.ThrowsAny<ArgumentException>(options.Validate);
        }
    }

    // First command 2, command 3, block 4 minutes: each tells which limit it was.
    private static MemorySession Start(Action<SmtpServerOptions>? configure = null, int outputLimit = 1 << 20)
    {
        var session = new MemorySession(
            options =>
            {
                (options.Timeouts.FirstCommand, options.Timeouts.Command, options.Timeouts.DataBlock) = (TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(4));
                (options.Timeouts.DataGrace, options.Timeouts.BetweenMessages, options.MaxIdleCommands) = (TimeSpan.FromMinutes(30), TimeSpan.FromDays(1), 1000);
                configure?.Invoke(options);
            }, outputLimit: outputLimit);
        session.Received();
        return session;
    }
}
