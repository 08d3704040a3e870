using System.Buffers;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Commands;

public sealed class ForeignProtocolTests
{
    [Fact]
    public void Session_PostBehindALongRequestLine_NeverReachesItsBody()
    {
        // What a browser sends for a form whose address is longer than a command line and whose body is a mail.
        var session = MemorySession.After("", options => options.MaxCommandLine = 512);
        var seen = session.Send($"POST /{new string('a', 600)} HTTP/1.1\r\nHost: mx.example:25\r\n\r\n{MemorySession.Hello}{MemorySession.Mail}{MemorySession.Rcpt}{MemorySession.Data}mail\r\n.\r\n");
        Assert.Equal("500 5.5.2 This is an SMTP server\r\n", seen);
        Assert.Equal((SessionEndReason.NotSmtp, 0), (session.End.Reason, session.End.AcceptedMessages));
        Assert.Equal([Hook.Connect], session.Handler.Calls);
    }

    [Fact]
    public void Session_LongLineOfNoMethod_IsOneError()
    {
        var session = MemorySession.After("", options => options.MaxCommandLine = 512);
        Assert.Equal("500 5.5.2, 250 2.0.0", session.Ask($"POSTING {new string('a', 600)}\r\nNOOP\r\n"));
    }

    [Fact]
    public void IsTlsRecord_FirstSegmentEmpty_LooksAtTheNext()
    {
        var first = new Segment(ReadOnlyMemory<byte>.Empty, null);
        var last = new Segment(new byte[] { 22, 3, 1 }, first);
        Assert.True(ForeignProtocol.IsTlsRecord(new ReadOnlySequence<byte>(first, 0, last, 3)));
        Assert.False(ForeignProtocol.IsTlsRecord(ReadOnlySequence<byte>.Empty));
    }

    [Fact]
    public void IsHttpRequest_OverSegments_IsSeen()
    {
        var first = new Segment("GE"u8.ToArray(), null);
        var last = new Segment("T /"u8.ToArray(), first);
        Assert.True(ForeignProtocol.IsHttpRequest(new ReadOnlySequence<byte>(first, 0, last, 3)));
        Assert.False(ForeignProtocol.IsHttpRequest(new ReadOnlySequence<byte>("GE"u8.ToArray())));
        Assert.False(ForeignProtocol.IsHttpRequest(new ReadOnlySequence<byte>(" /"u8.ToArray())));
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null)
                return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
