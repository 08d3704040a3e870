using System.Buffers;
using System.Globalization;
using System.Text;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;

namespace Mail.Security.Fuzz.Targets;

/// <summary>
/// A client that knows what it sent and reads what it got: every command has one answer, in order; what is content to the client was
/// content to the server; and nothing is answered that was not said.
/// </summary>
internal sealed class SessionModel
{
    private readonly byte[] _input;
    private readonly SessionBench _bench;
    private readonly List<SmtpReply> _replies;
    private readonly List<byte[]> _accepted = [];
    private readonly List<byte> _chunks = [];
    private int _at;
    private int _answered;
    private bool _helloSaid;
    private bool? _mailOpen = false;      // null: the handler may have ended the transaction, or the server found it lacking and kept it
    private int _recipients;
    private bool _loggedIn;

    private SessionModel(byte[] input, int start, SessionBench bench)
    {
        (_input, _at, _bench) = (input, start, bench);
        _replies = Replies(bench.Output);
    }

    /// <summary>Compares a session with what its client sent from <paramref name="start"/> on.</summary>
    public static void Verify(byte[] input, int start, SessionBench bench)
    {
        var model = new SessionModel(input, start, bench);
        model.Walk();
        Check.Equal(model._accepted.Count, bench.Handler.Accepted.Count, "as many messages are accepted as the client was told");
        for (var index = 0; index < model._accepted.Count; index++)
            VerifyContent(model._accepted[index], bench.Handler.Accepted[index]);
    }

    private static void VerifyContent(byte[] sent, byte[] kept)
    {
        if (!sent.AsSpan().SequenceEqual(kept) && !sent.AsSpan().EndsWith("\r\n"u8))
            sent = [.. sent, .. "\r\n"u8];
        Check.Same(sent, kept, "what was sent is what is kept");
    }

    private void Walk()
    {
        Check.Equal(220, Next("the greeting").Code, "the greeting");
        while (true)
        {
            var rest = _input.AsSpan(_at);
            var end = rest.IndexOf("\r\n"u8);
            if (end < 0)
                break;
            _at += end + 2;
            if (Command(rest[..end].ToArray()))
                return;
        }
        // What is no SMTP, and a chunk of unknown size, are told before the line ends.
        if (_bench.End.Reason is SessionEndReason.NotSmtp or SessionEndReason.BadChunk)
            Next("what cannot go on");
        else
            Check.That(_bench.End.Reason is SessionEndReason.ClientClosed or SessionEndReason.ConnectionLost, $"a client that closes is not {_bench.End.Reason}");
        Check.Equal(_replies.Count, _answered, "nothing is answered that was not said");
    }

    // True when nothing comes behind it.
    private bool Command(byte[] line)
    {
        var bad = line.AsSpan().ContainsAny((byte)'\r', (byte)'\n', (byte)0) || line.Length + 2 > SessionBench.CommandLimit;
        var words = Encoding.Latin1.GetString(line).TrimEnd(' ', '\t').Split(' ', 2);
        var (verb, argument) = (words[0].ToUpperInvariant(), words.Length > 1 ? words[1].Trim(' ') : "");
        if (!bad && verb == "BDAT" && SizeOf(argument) is { } size)
            return Chunk(size, argument);
        var reply = Next($"the answer to {verb}");
        Check.That(reply.Code != 221 || verb == "QUIT", "only QUIT is answered with 221");
        if (IsLast(reply))
            return Closed();
        if (bad)
            Check.That(reply.IsPermanent, "a bad line is refused");
        else
            Follow(verb, reply);
        return !bad && verb switch
        {
            "DATA" => reply.IsIntermediate && Content(),
            "AUTH" => Login(argument, reply),
            _ => false,
        };
    }

    private void Follow(string verb, SmtpReply reply)
    {
        switch (verb)
        {
            case "EHLO" or "HELO" when reply.IsPositive:
                (_helloSaid, _mailOpen, _recipients) = (true, false, 0);
                _chunks.Clear();
                break;
            case "RSET" when reply.IsPositive:
                CloseTransaction();
                break;
            case "XCLIENT" when reply.IsPositive:
                (_helloSaid, _mailOpen, _recipients) = (false, false, 0);
                break;
            case "MAIL" when reply.IsPositive:
                Check.That(_helloSaid && _mailOpen != true, "MAIL is taken behind EHLO, and once");
                Check.That(_loggedIn || !_bench.NeedsLogin, "MAIL is taken behind a login where one is needed");
                (_mailOpen, _recipients) = (true, 0);
                break;
            case "RCPT" when reply.IsPositive:
                Check.That(_mailOpen != false, "RCPT is taken behind MAIL");
                _mailOpen = true;
                _recipients++;
                break;
            case "DATA":
                Check.That(!reply.IsPositive, "DATA is not answered as done");
                Check.That(!reply.IsIntermediate || _recipients > 0, "DATA is taken behind RCPT");
                if (!reply.IsIntermediate && _recipients > 0)
                    _mailOpen = null;
                break;
            case "STARTTLS":
                Check.That(!reply.IsPositive, "no TLS is offered");
                break;
            default:
                Check.That(!reply.IsIntermediate || verb == "AUTH", "nothing else asks for more");
                break;
        }
    }

    // Each line behind 334 is a response, whatever stands in it; only CRLF ends one.
    private bool Login(string argument, SmtpReply reply)
    {
        var words = argument.Split(' ', 2);
        List<string> lines = words.Length > 1 ? [words[1].Trim(' ') is "=" ? "" : words[1].Trim(' ')] : [];
        while (reply.IsIntermediate)
        {
            var end = _input.AsSpan(_at).IndexOf("\r\n"u8);
            if (end < 0)
            {
                Check.Equal(_replies.Count, _answered, "half a response is not answered");
                return false;
            }
            lines.Add(Encoding.Latin1.GetString(_input, _at, end));
            _at += end + 2;
            reply = Next("the answer to a response");
            if (IsLast(reply))
                return Closed();
        }
        Check.That(!reply.IsPositive || (_helloSaid && !_loggedIn && _mailOpen != true), "AUTH is taken behind EHLO, outside of a transaction, and once");
        Check.That(!reply.IsPositive || AuthTarget.IsLogin(words[0].ToUpperInvariant(), lines), "who knows no password does not get in");
        _loggedIn |= reply.IsPositive;
        return false;
    }

    private bool Content()
    {
        var content = ReferenceContent.Read(_input.AsSpan(_at));
        _at += content.Consumed;
        if (!content.IsComplete)
        {
            Check.Equal(_replies.Count, _answered, "content without end is not answered");
            Check.Equal(SessionEndReason.ConnectionLost, _bench.End.Reason, "content without end");
            return true;
        }
        var reply = Next("the answer to content");
        VerifyRefusal(reply, content.Fault);
        if (reply.IsPositive)
        {
            Check.Equal(SyntaxFault.None, content.Fault, "content that is accepted is clean");
            Check.That(content.Content.Length <= SessionBench.MessageLimit, "content that is accepted is within the limit");
            _accepted.Add(content.Content);
        }
        CloseTransaction();
        return IsLast(reply) && Closed();
    }

    private bool Chunk(long size, string argument)
    {
        if (size > _input.Length - _at)
        {
            // Too many commands are told at once; else half a chunk is not answered.
            if (_answered == _replies.Count)
                Check.Equal(SessionEndReason.ConnectionLost, _bench.End.Reason, "half a chunk");
            else
                Check.That(IsLast(Next("half a chunk")), "half a chunk is not answered");
            Check.Equal(_replies.Count, _answered, "half a chunk is not answered");
            return true;
        }
        var chunk = _input.AsSpan(_at, (int)size).ToArray();
        var reply = Next("the answer to a chunk");
        var isLastChunk = argument.EndsWith("LAST", StringComparison.OrdinalIgnoreCase);
        VerifyRefusal(reply, ReferenceContent.FaultOf([.. _chunks, .. chunk], isLastChunk));
        if (IsLast(reply))
            return Closed();
        _at += chunk.Length;
        if (!reply.IsPositive)
        {
            CloseTransaction();
            return false;
        }
        Check.That(_recipients > 0, "a chunk is taken behind RCPT");
        _chunks.AddRange(chunk);
        if (isLastChunk)
        {
            _accepted.Add([.. _chunks]);
            CloseTransaction();
        }
        return false;
    }

    // Which fault is told does not depend on how the content came: it is the one that stands first.
    private static void VerifyRefusal(SmtpReply reply, SyntaxFault fault)
    {
        SyntaxFault? told = (reply.IsPermanent ? reply.Text : "") switch
        {
            "Message refused: NUL in it" => SyntaxFault.NulByte,
            "Message refused: bare CR or LF in it" => SyntaxFault.BareLineFeed,
            _ => null,
        };
        if (told is not null)
            Check.Equal(told, fault == SyntaxFault.BareCarriageReturn ? SyntaxFault.BareLineFeed : fault, "the fault that is told is the first");
    }

    private void CloseTransaction()
    {
        (_mailOpen, _recipients) = (false, 0);
        _chunks.Clear();
    }

    private bool IsLast(SmtpReply reply) => reply.Code is 421 or 221 || (_answered == _replies.Count && _bench.End.Reason is SessionEndReason.NotSmtp or SessionEndReason.BadChunk);

    private bool Closed()
    {
        Check.Equal(_replies.Count, _answered, "nothing is said behind the last word");
        Check.That(_bench.End.Reason is not (SessionEndReason.ClientClosed or SessionEndReason.ConnectionLost), $"a session that says goodbye is not {_bench.End.Reason}");
        return true;
    }

    private SmtpReply Next(string what)
    {
        Check.That(_answered < _replies.Count, $"{what} is missing; the session ended by {_bench.End}");
        return _replies[_answered++];
    }

    // The size is told when a space or nothing stands behind it.
    private static long? SizeOf(string argument) =>
        argument.Split(' ')[0] is { Length: > 0 } word && word.All(char.IsAsciiDigit) && long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;

    private static List<SmtpReply> Replies(byte[] output)
    {
        var replies = new List<SmtpReply>();
        var scratch = new byte[16 * 1024];
        var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(output));
        while (!reader.End)
        {
            var status = SmtpReplyReader.TryRead(ref reader, scratch, out var view, out var fault);
            Check.That(status == ReadStatus.Complete, $"a server says nothing but replies ({fault})");
            replies.Add(view.ToReply());
        }
        foreach (var line in output.AsSpan().Split("\r\n"u8))
            Check.That(line.End.Value - line.Start.Value <= 510 && Ascii.IsValid(output.AsSpan(line)), "a line of a reply is ASCII and within the limit");
        return replies;
    }
}
