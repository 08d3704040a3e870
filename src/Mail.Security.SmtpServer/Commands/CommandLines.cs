using System.Buffers;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>Takes command lines out of the connection's buffer, one decision for each. It never waits.</summary>
internal sealed class CommandLines(ServerConnection connection, SessionState state, SessionParts parts)
{
    private static readonly Decision NotSmtp = new(SessionAction.NotSmtp, SmtpVerb.Unknown) { Reply = Replies.NotSmtp };

    private byte[]? _scratch;
    private SyntaxFault _skipping;

    /// <summary>The next decision; false when the buffer holds no whole line more.</summary>
    public bool TryNext(out Decision decision)
    {
        decision = default;
        if (_skipping == SyntaxFault.None)
        {
            if (state.Commands == 0 && parts.Session.Tls is null && ForeignProtocol.IsTlsRecord(connection.Buffer))
            {
                decision = NotSmtp;
                return true;
            }
            switch (TryRead(out decision))
            {
                case ReadStatus.Complete:
                    return true;
                case ReadStatus.NeedMoreData:
                    return false;
                case ReadStatus.Invalid when ForeignProtocol.IsHttpRequest(connection.Buffer):
                    decision = NotSmtp;
                    return true;
                case ReadStatus.Invalid when BdatCommand.IsBdat(connection.Buffer):
                    parts.Protocol.Refused(_skipping);
                    decision = BdatCommand.UnknownSize;
                    return true;
                default:
                    break;
            }
        }
        return TrySkip(out decision);
    }

    /// <summary>Gives back what is needed only while there are bytes.</summary>
    public void Rest()
    {
        if (_scratch is not { } scratch)
            return;
        _scratch = null;
        ArrayPool<byte>.Shared.Return(scratch, clearArray: true);       // whatever a client says may be a password
    }

    private ReadStatus TryRead(out Decision decision)
    {
        decision = default;
        _scratch ??= ArrayPool<byte>.Shared.Rent(parts.Options.MaxCommandLine);
        var reader = new SequenceReader<byte>(connection.Buffer);
        var status = SmtpCommandReader.TryRead(ref reader, _scratch.AsSpan(0, parts.Options.MaxCommandLine), out var command, out var fault);
        if (status == ReadStatus.Complete)
        {
            state.Commands++;
            parts.Protocol.Command(command);
            decision = Decide(command);
            connection.Consume(reader.Position);
        }
        _skipping = fault;
        return status;
    }

    // The refused line is read to its CRLF without keeping it, and answered only then: the next line begins behind it.
    private bool TrySkip(out Decision decision)
    {
        var reader = new SequenceReader<byte>(connection.Buffer);
        var found = SmtpCommandReader.TrySkipLine(ref reader);
        connection.Consume(reader.Position);
        decision = found ? Decision.Answer(SmtpVerb.Unknown, ReplyFor(_skipping)) : default;
        if (found)
        {
            state.Commands++;
            parts.Protocol.Refused(_skipping);
            _skipping = SyntaxFault.None;
        }
        return found;
    }

    // An extension is foreign code: it may throw, and the session goes on.
    private Decision Decide(in SmtpCommand command)
    {
        try
        {
            return CommandTable.Decide(command, state, parts.Session, parts.Options);
        }
        catch (Exception exception)
        {
            ServerLog.HandlerFailed(parts.Logger, parts.Session.Id, nameof(SmtpExtension), exception);
            return Decision.Answer(command.Verb, Replies.LocalError);
        }
    }

    private static ServerReply ReplyFor(SyntaxFault fault) => fault switch
    {
        SyntaxFault.LineTooLong => Replies.LineTooLong,
        SyntaxFault.NulByte => Replies.NulInCommand,
        _ => Replies.BareLineEnd,
    };
}
