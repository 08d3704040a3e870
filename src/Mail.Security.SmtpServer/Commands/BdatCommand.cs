using System.Buffers;
using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>Reads BDAT (RFC 3030 §2). Its chunk is on the way whatever the reply will be, so a refused one is read and dropped.</summary>
internal static class BdatCommand
{
    public static Decision Decide(in SmtpCommand command, SessionState state, SmtpSessionInfo session, SmtpServerOptions options)
    {
        var inOrder = ChunkHeader.TryRead(command.Argument, out var chunk, out _);
        if (!inOrder && !TryReadSize(command.Argument, out chunk))
            return UnknownSize;
        var refusal = RefusalFor(state, session, options) ?? (inOrder ? null : Replies.ChunkSyntax);
        return refusal is { } reply
            ? new Decision(SessionAction.DropChunk, SmtpVerb.Bdat) { Chunk = chunk, Reply = reply }
            : new Decision(SessionAction.Chunk, SmtpVerb.Bdat) { Chunk = chunk };
    }

    /// <summary>The decision when nobody can say how many bytes of message follow: taken for commands, they would be the sender's to choose.</summary>
    public static Decision UnknownSize { get; } = new(SessionAction.BadChunk, SmtpVerb.Bdat) { Reply = Replies.UnknownChunkSize };

    /// <summary>Whether a line that is refused for its form, as by its length or a bare LF, is a BDAT command all the same.</summary>
    public static bool IsBdat(ReadOnlySequence<byte> line)
    {
        if (line.Length < 4)
            return false;
        Span<byte> start = stackalloc byte[4];
        line.Slice(0, start.Length).CopyTo(start);
        return Ascii.EqualsIgnoreCase(start, "BDAT"u8);
    }

    private static ServerReply? RefusalFor(SessionState state, SmtpSessionInfo session, SmtpServerOptions options)
    {
        if (state.Service == Service.Refused)
            return Replies.NotServed;
        if (CommandTable.NeedsTls(SmtpVerb.Bdat, session, options))
            return Replies.TlsRequired;
        if (AuthCommand.IsNeeded(SmtpVerb.Bdat, session, options))
            return Replies.AuthRequired;
        if ((options.Features & SmtpServerFeatures.Chunking) == 0)
            return Replies.NotImplemented;
        if (session.Hello != SmtpHello.Ehlo)
            return session.Hello == SmtpHello.None ? Replies.HelloFirst : Replies.ChunkingNeedsEhlo;
        if (state.Envelope is not { } envelope)
            return Replies.MailFirst;       // also behind LAST, which RFC 3030 §2 wants answered 503
        return envelope.Recipients.Count == 0 ? Replies.NoRecipients : null;
    }

    // What stands behind the size may be wrong while the size is right.
    private static bool TryReadSize(ReadOnlySpan<byte> argument, out ChunkHeader chunk)
    {
        chunk = default;
        var space = argument.IndexOf((byte)' ');
        return space > 0 && ChunkHeader.TryRead(argument[..space], out chunk, out _);
    }
}
