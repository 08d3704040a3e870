using System.Buffers;

namespace Mail.Security.Smtp.Tests;

/// <summary>The budget of the hot path is zero bytes.</summary>
public sealed class AllocationTests
{
    private readonly byte[] _scratch = new byte[2048];

    [Fact]
    public void Command_Read_AllocatesNothing()
    {
        var input = Wire.Of("MAIL FROM:<ann@a.example> SIZE=1024 BODY=8BITMIME\r\n");
        AssertNothing(() =>
        {
            var reader = new SequenceReader<byte>(input);
            if (SmtpCommandReader.TryRead(ref reader, _scratch, out var command, out _) != ReadStatus.Complete
                || !PathCommandReader.TryReadMail(command.Argument, out _, out var parameters, out _))
                return 0;
            var count = 0;
            foreach (var parameter in parameters)
                count += parameter.Value.Length;
            return count;
        });
    }

    [Fact]
    public void Command_OverSegments_AllocatesNothing()
    {
        var input = Wire.CutEverywhere("RCPT TO:<bob@b.example>\r\n"u8.ToArray());
        AssertNothing(() =>
        {
            var reader = new SequenceReader<byte>(input);
            return SmtpCommandReader.TryRead(ref reader, _scratch, out var command, out _) == ReadStatus.Complete ? command.Argument.Length : 0;
        });
    }

    [Fact]
    public void Reply_View_AllocatesNothing()
    {
        var input = Wire.Of("250-2.1.5 first\r\n250 2.1.5 second\r\n");
        AssertNothing(() =>
        {
            var reader = new SequenceReader<byte>(input);
            if (SmtpReplyReader.TryRead(ref reader, _scratch, out var reply, out _) != ReadStatus.Complete)
                return 0;
            var length = reply.Code + reply.FirstText.Length + (reply.Status?.Detail ?? 0);
            foreach (var line in reply)
                length += line.Length;
            return length;
        });
    }

    [Fact]
    public void Data_DecodedBlock_AllocatesNothing()
    {
        var input = Wire.Of(string.Concat(Enumerable.Repeat("a line of text\r\n..stuffed\r\n", 200)) + ".\r\n");
        AssertNothing(() =>
        {
            var rest = input;
            var decoder = new DataDecoder(1 << 20);
            var length = 0L;
            while (decoder.TryRead(ref rest, out var content))
                length += content.Length;
            return decoder.IsComplete ? (int)length : 0;
        });
    }

    [Fact]
    public void Writers_IntoRoom_AllocateNothing()
    {
        var output = new ArrayBufferWriter<byte>(65536);
        var name = DomainName.Parse("a.example");
        var content = Wire.Bytes(string.Concat(Enumerable.Repeat("line\r\n.dot\r\n", 50)));
        AssertNothing(() =>
        {
            output.ResetWrittenCount();
            SmtpCommandWriter.WriteEhlo(output, name);
            SmtpReplyWriter.Write(output, 250, new EnhancedStatus(2, 1, 0), "Sender ok");
            var encoder = new DataEncoder();
            encoder.Write(content, output);
            encoder.Complete(output);
            return output.WrittenCount;
        });
    }

    private static void AssertNothing(Func<int> work)
    {
        for (var warm = 0; warm < 50; warm++)
            Assert.NotEqual(0, work());
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
            work();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
