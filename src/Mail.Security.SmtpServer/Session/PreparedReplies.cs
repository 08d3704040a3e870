using System.Buffers;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>The replies of every transaction, as the bytes that are sent.</summary>
internal static class PreparedReplies
{
    private static readonly (ServerReply Reply, byte[] Wire)[] All = [.. new[] { Replies.RecipientOk, Replies.SenderOk, Replies.StartInput, Replies.Ok }.Select(Prepare)];

    /// <summary>The bytes of a reply, or an empty span when it has to be written.</summary>
    public static ReadOnlySpan<byte> Find(in ServerReply reply)
    {
        foreach (ref readonly var prepared in All.AsSpan())
        {
            // The text of a fixed reply is one object, so that nearly every other reply is told apart by its reference.
            if (ReferenceEquals(prepared.Reply.Text, reply.Text) && prepared.Reply == reply)
                return prepared.Wire;
        }
        return default;
    }

    private static (ServerReply Reply, byte[] Wire) Prepare(ServerReply reply)
    {
        var output = new ArrayBufferWriter<byte>();
        SmtpReplyWriter.Write(output, reply.Code, reply.Status, reply.Text);
        return (reply, output.WrittenSpan.ToArray());
    }
}
