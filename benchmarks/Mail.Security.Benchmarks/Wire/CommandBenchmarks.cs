using System.Buffers;
using BenchmarkDotNet.Attributes;
using Mail.Security.Smtp;

namespace Mail.Security.Benchmarks.Wire;

/// <summary>From received bytes to a verb, a path and parameters, every rule of the grammar checked (RFC 5321 §4.1.1).</summary>
public class CommandBenchmarks
{
    private static readonly byte[] ShortLine = "RSET\r\n"u8.ToArray();
    private static readonly byte[] MailLine = "MAIL FROM:<ann.example@mail.a.example> SIZE=10485760 BODY=8BITMIME\r\n"u8.ToArray();
    private static readonly byte[] RcptLine = "RCPT TO:<bob.example@mail.b.example>\r\n"u8.ToArray();
    private static readonly byte[] RcptDsnLine =
        "RCPT TO:<bob.example@mail.b.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob.example@mail.b.example\r\n"u8.ToArray();

    private readonly byte[] _scratch = new byte[2048];
    private readonly ReadOnlySequence<byte> _short = new(ShortLine);
    private readonly ReadOnlySequence<byte> _mail = new(MailLine);
    private readonly ReadOnlySequence<byte> _rcpt = new(RcptLine);
    private readonly ReadOnlySequence<byte> _rcptDsn = new(RcptDsnLine);
    private readonly ReadOnlySequence<byte> _mailCut = Segments.Cut(MailLine, 40);
    private readonly ReadOnlySequence<byte> _wrong = new("MAIL FROM:<ann@a.example> SIZE=1 SIZE=2\r\n"u8.ToArray());

    [GlobalSetup]
    public void Agree()
    {
        Agreement.OnNumber(IndexOf_Short(), Read_Short(), nameof(Read_Short));
        Agreement.OnNumber(IndexOf_Mail(), Read_Mail(), nameof(Read_Mail));
        Agreement.OnNumber(IndexOf_Mail(), Read_MailCut(), nameof(Read_MailCut));
        Agreement.OnNumber(IndexOf_Rcpt(), Read_Rcpt(), nameof(Read_Rcpt));
        Agreement.OnNumber(IndexOf_RcptDsn(), Read_RcptDsn(), nameof(Read_RcptDsn));
        Agreement.OnNumber((long)SyntaxFault.DuplicateParameter, Refuse_MailTwice(), nameof(Refuse_MailTwice));
    }

    [Benchmark, Against(nameof(IndexOf_Short))]
    public long Read_Short()
    {
        var reader = new SequenceReader<byte>(_short);
        return SmtpCommandReader.TryRead(ref reader, _scratch, out var command, out _) == ReadStatus.Complete ? command.Keyword.Length : -1;
    }

    [Benchmark]
    public long IndexOf_Short() => _short.FirstSpan.IndexOf("\r\n"u8);

    [Benchmark, Against(nameof(IndexOf_Mail))]
    public long Read_Mail() => ReadPathCommand(_mail);

    [Benchmark, Against(nameof(IndexOf_Mail))]
    public long Read_MailCut() => ReadPathCommand(_mailCut);

    [Benchmark]
    public long IndexOf_Mail() => IndexOfBaselines.SplitPathCommand(_mail.FirstSpan);

    [Benchmark, Against(nameof(IndexOf_Rcpt))]
    public long Read_Rcpt() => ReadPathCommand(_rcpt);

    [Benchmark]
    public long IndexOf_Rcpt() => IndexOfBaselines.SplitPathCommand(_rcpt.FirstSpan);

    [Benchmark, Against(nameof(IndexOf_RcptDsn))]
    public long Read_RcptDsn() => ReadPathCommand(_rcptDsn);

    [Benchmark]
    public long IndexOf_RcptDsn() => IndexOfBaselines.SplitPathCommand(_rcptDsn.FirstSpan);

    // A refusal must cost no more than an acceptance, or refusals become the attack.
    [Benchmark, Against(nameof(IndexOf_Mail))]
    public long Refuse_MailTwice()
    {
        var reader = new SequenceReader<byte>(_wrong);
        SmtpCommandReader.TryRead(ref reader, _scratch, out var command, out _);
        PathCommandReader.TryReadMail(command.Argument, out _, out _, out var fault);
        return (long)fault;
    }

    private long ReadPathCommand(in ReadOnlySequence<byte> input)
    {
        var reader = new SequenceReader<byte>(input);
        if (SmtpCommandReader.TryRead(ref reader, _scratch, out var command, out _) != ReadStatus.Complete)
            return -1;
        var read = command.Verb == SmtpVerb.Mail
            ? PathCommandReader.TryReadMail(command.Argument, out var path, out var parameters, out _)
            : PathCommandReader.TryReadRcpt(command.Argument, out path, out parameters, out _);
        if (!read)
            return -1;
        long sum = path.Length;
        foreach (var parameter in parameters)
            sum += parameter.Value.Length;
        return sum;
    }
}
