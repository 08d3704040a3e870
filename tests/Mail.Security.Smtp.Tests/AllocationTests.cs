using System.Buffers;

namespace Mail.Security.Smtp.Tests;

/// <summary>The budget of the hot path is zero bytes.</summary>
public sealed class AllocationTests
{
    private readonly byte[] _scratch = new byte[2048];

    public static TheoryData<string> Commands => new(
        "EHLO a.example\r\n",
        "STARTTLS\r\n",
        "AUTH PLAIN AGFubgBzZWNyZXQ=\r\n",
        "MAIL FROM:<ann@a.example>\r\n",
        "MAIL FROM:<ann@a.example> SIZE=1024 BODY=8BITMIME REQUIRETLS\r\n",
        "MAIL FROM:<\"ann>a\"@a.example> SIZE=1024\r\n",
        "RCPT TO:<bob@b.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob@b.example\r\n",
        "BDAT 1024 LAST\r\n",
        "NOPE what is this\r\n");

    public static TheoryData<string> RefusedLines => new(
        "MAIL FROM:<ann@a.example> SIZE=1 SIZE=2\r\n",
        "MAIL FROM:ann@a.example\r\n",
        "RCPT <bob@b.example>\r\n",
        "BDAT many\r\n",
        "NOOP\nRSET\r\n",
        "NO\0OP\r\n",
        "NO\rOP\r\n",
        new string('x', 4000) + "\r\n");

    [Theory]
    [MemberData(nameof(Commands))]
    [MemberData(nameof(RefusedLines))]
    public void Command_Read_AllocatesNothing(string line)
    {
        var input = Wire.Of(line);
        AssertNothing(() => ReadCommand(input));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    [MemberData(nameof(RefusedLines))]
    public void Command_OverSegments_AllocatesNothing(string line)
    {
        var input = Wire.CutEverywhere(Wire.Bytes(line));
        AssertNothing(() => ReadCommand(input));
    }

    [Fact]
    public void Reply_View_AllocatesNothing()
    {
        var bytes = Wire.Bytes("250-2.1.5 first\r\n250 2.1.5 second\r\n");
        AssertReplyAllocatesNothing(new ReadOnlySequence<byte>(bytes));
        AssertReplyAllocatesNothing(Wire.CutEverywhere(bytes));
    }

    [Theory]
    [InlineData("250 ok\n")]
    [InlineData("250-one\r\n251 two\r\n")]
    [InlineData("nonsense\r\n")]
    public void Reply_Refused_AllocatesNothing(string reply)
    {
        var input = Wire.Of(reply);
        AssertNothing(() =>
        {
            var reader = new SequenceReader<byte>(input);
            return SmtpReplyReader.TryRead(ref reader, _scratch, out _, out var fault) == ReadStatus.Invalid ? (int)fault : 0;
        });
    }

    public static TheoryData<string> Contents => new(
        string.Concat(Enumerable.Repeat("a line of text\r\n..stuffed\r\n", 200)) + ".\r\n",
        new string('a', 5000) + "\r\n.\r\n",
        string.Concat(Enumerable.Repeat("bare\n feed \r return \0 nul\r\n.\rx", 50)) + "\r\n.\r\n",
        ".\r\n");

    [Theory]
    [MemberData(nameof(Contents))]
    public void Data_DecodedBlocks_AllocateNothing(string stream)
    {
        var bytes = Wire.Bytes(stream);
        AssertNothing(Decode(new ReadOnlySequence<byte>(bytes), 1 << 20));
        AssertNothing(Decode(new ReadOnlySequence<byte>(bytes), 10));
        AssertNothing(Decode(Wire.Cut(bytes, 1, 2, 100, 1000, 4096), 1 << 20));
        AssertNothing(Decode(Wire.CutEverywhere(bytes), 1 << 20));
    }

    [Fact]
    public void Chunk_DecodedAndChecked_AllocatesNothing()
    {
        var bytes = Wire.Bytes(string.Concat(Enumerable.Repeat("line\r\n.dot\r\n", 500)));
        var input = Wire.Cut(bytes, 1, 100, 1000);
        AssertNothing(() =>
        {
            var rest = input;
            var decoder = new ChunkDecoder(new ChunkHeader(bytes.Length, ChunkKind.Last));
            var check = new ContentCheck();
            while (decoder.TryRead(ref rest, out var content))
                check.Write(content);
            return decoder.IsComplete && check.GetFault() == SyntaxFault.None ? bytes.Length : 0;
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

    // Every way through: the line, its path and parameters, its chunk header, or the refusal and the way to the next line.
    private int ReadCommand(in ReadOnlySequence<byte> input)
    {
        var reader = new SequenceReader<byte>(input);
        if (SmtpCommandReader.TryRead(ref reader, _scratch, out var command, out var fault) != ReadStatus.Complete)
            return SmtpCommandReader.TrySkipLine(ref reader) ? (int)fault : 0;

        if (command.Verb == SmtpVerb.Bdat)
            return ChunkHeader.TryRead(command.Argument, out var header, out fault) ? (int)header.Size : (int)fault;
        if (command.Verb is not (SmtpVerb.Mail or SmtpVerb.Rcpt))
            return command.Keyword.Length;

        var read = command.Verb == SmtpVerb.Mail
            ? PathCommandReader.TryReadMail(command.Argument, out var path, out var parameters, out fault)
            : PathCommandReader.TryReadRcpt(command.Argument, out path, out parameters, out fault);
        var length = read ? path.Length : (int)fault;
        foreach (var parameter in parameters)
            length += parameter.Value.Length;
        return length;
    }

    private void AssertReplyAllocatesNothing(ReadOnlySequence<byte> input) => AssertNothing(() =>
    {
        var reader = new SequenceReader<byte>(input);
        if (SmtpReplyReader.TryRead(ref reader, _scratch, out var reply, out _) != ReadStatus.Complete)
            return 0;
        var length = reply.Code + reply.FirstText.Length + (reply.Status?.Detail ?? 0);
        foreach (var line in reply)
            length += line.Length;
        return length;
    });

    private static Func<int> Decode(ReadOnlySequence<byte> input, long maxLength) => () =>
    {
        var rest = input;
        var decoder = new DataDecoder(maxLength);
        var handedOut = 1L;
        while (decoder.TryRead(ref rest, out var content))
            handedOut += content.Length;
        return decoder.IsComplete ? (int)handedOut : 0;
    };

    private static void AssertNothing(Func<int> work)
    {
        for (var warm = 0; warm < 50; warm++)
            Assert.NotEqual(0, work());
        // What the work allocates it allocates every time; what the runtime does while it compiles anew happens once.
        var least = long.MaxValue;
        for (var run = 0; run < 5 && least > 0; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < 100; round++)
                work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }
}
