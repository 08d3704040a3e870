using System.Buffers;
using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Xunit;

namespace Mail.Security.Smtp.Tests.Commands;

public sealed class SmtpCommandWriterTests
{
    public static TheoryData<string, Action<IBufferWriter<byte>>> Commands => new()
    {
        { "EHLO client.example\r\n", output => SmtpCommandWriter.WriteEhlo(output, DomainName.Parse("Client.Example")) },
        { "EHLO [192.0.2.1]\r\n", output => SmtpCommandWriter.WriteEhlo(output, IPAddress.Parse("192.0.2.1")) },
        { "EHLO [IPv6:2001:db8::1]\r\n", output => SmtpCommandWriter.WriteEhlo(output, IPAddress.Parse("2001:db8::1")) },
        { "EHLO [IPv6:fe80::1]\r\n", output => SmtpCommandWriter.WriteEhlo(output, IPAddress.Parse("fe80::1%3")) },
        { "HELO client.example\r\n", output => SmtpCommandWriter.WriteHelo(output, DomainName.Parse("client.example")) },
        { "STARTTLS\r\n", SmtpCommandWriter.WriteStartTls },
        { "MAIL FROM:<>\r\n", output => SmtpCommandWriter.WriteMail(output, MailPath.Null, []) },
        { "MAIL FROM:<ann@a.example> SIZE=12 REQUIRETLS\r\n", output => SmtpCommandWriter.WriteMail(output, MailPath.Parse("ann@a.example"), new SmtpParameterList { { "SIZE", "12" }, "REQUIRETLS" }) },
        { "RCPT TO:<\"a b\"@a.example>\r\n", output => SmtpCommandWriter.WriteRcpt(output, MailPath.Parse("\"a b\"@a.example"), []) },
        { "DATA\r\n", SmtpCommandWriter.WriteData },
        { "BDAT 0 LAST\r\n", output => SmtpCommandWriter.WriteBdat(output, new ChunkHeader(0, ChunkKind.Last)) },
        { "BDAT 9223372036854775807\r\n", output => SmtpCommandWriter.WriteBdat(output, new ChunkHeader(long.MaxValue, ChunkKind.More)) },
        { "RSET\r\n", SmtpCommandWriter.WriteRset },
        { "NOOP\r\n", SmtpCommandWriter.WriteNoop },
        { "QUIT\r\n", SmtpCommandWriter.WriteQuit },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public void Write_EachCommand_IsOneLine(string expected, Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        Assert.Equal(expected, Wire.Text(output.WrittenSpan));
    }

    [Fact]
    public void Write_WithoutAName_IsMisuse()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Throws<ArgumentException>(() => SmtpCommandWriter.WriteEhlo(output, default(DomainName)));
        Assert.Throws<ArgumentException>(() => SmtpCommandWriter.WriteRcpt(output, MailPath.Null, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => SmtpCommandWriter.WriteBdat(output, new ChunkHeader(-1, ChunkKind.More)));
        Assert.Equal(0, output.WrittenCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SIZE=")]
    [InlineData("=1")]
    [InlineData("A B")]
    [InlineData("A=1 B=2")]
    [InlineData("A=1\r\nRCPT TO:<x@y.example>")]
    [InlineData("A=1\n")]
    [InlineData("A\0")]
    [InlineData("-A")]
    public void Add_NoParameter_IsMisuse(string text) => Assert.Throws<ArgumentException>(() => new SmtpParameterList { text });

    [Fact]
    public void Add_SameKeywordTwice_IsMisuse()
    {
        var list = new SmtpParameterList { "SIZE=1" };
        Assert.Throws<ArgumentException>(() => list.Add("size", "2"));
        Assert.Equal(["SIZE=1"], list);
        list.Clear();
        Assert.Empty(list);
    }

    [Property(MaxTest = 1000)]
    public void Write_AnyPathAndParameter_ReadsBackTheSame(NonNull<string> localPart, NonNull<string> value)
    {
        var quoted = "\"" + localPart.Get.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"@a.example";
        if (!MailPath.TryParse(quoted, out var path))
            return;
        var list = new SmtpParameterList();
        if (!TryAdd(list, "ENVID", value.Get))
            list.Add("ENVID");
        var output = new ArrayBufferWriter<byte>();
        SmtpCommandWriter.WriteMail(output, path, list);

        var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(output.WrittenMemory));
        Assert.Equal(ReadStatus.Complete, SmtpCommandReader.TryRead(ref reader, new byte[4096], out var command, out _));
        Assert.True(reader.End);
        Assert.True(PathCommandReader.TryReadMail(command.Argument, out var bytes, out var parameters, out _));
        Assert.True(MailPath.TryParse(bytes, out var again, out _));
        Assert.Equal(path, again);
        var walk = parameters.GetEnumerator();
        Assert.True(walk.MoveNext());
        Assert.Equal(list[0], Encoding.UTF8.GetString(walk.Current.Keyword) + (walk.Current.HasValue ? "=" + Encoding.UTF8.GetString(walk.Current.Value) : ""));
        Assert.False(walk.MoveNext());
    }

    private static bool TryAdd(SmtpParameterList list, string keyword, string value)
    {
        try
        {
            list.Add(keyword, value);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
