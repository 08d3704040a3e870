namespace Mail.Security.Testing;

/// <summary>What a peer does at some moment instead of what it would do.</summary>
public abstract record SmtpPeerAction
{
    private protected SmtpPeerAction()
    {
    }

    /// <summary>Answers with a reply and goes on as that reply means.</summary>
    /// <param name="Text">The reply without its line end; several lines are parted by LF, each with its code.</param>
    public sealed record Reply(string Text) : SmtpPeerAction;

    /// <summary>Answers with a reply and closes the connection in order.</summary>
    /// <param name="Text">The reply, as in <see cref="Reply"/>.</param>
    public sealed record ReplyAndClose(string Text) : SmtpPeerAction;

    /// <summary>Sends bytes as they are and goes on as if it had answered well; "\r\n" in it is two characters CR and LF.</summary>
    /// <param name="Text">Latin-1 text, one octet a character.</param>
    public sealed record Raw(string Text) : SmtpPeerAction;

    /// <summary>Sends bytes as they are, such as half a reply, and then ends as the other action does.</summary>
    /// <param name="Text">As in <see cref="Raw"/>.</param>
    /// <param name="End">A <see cref="Close"/>, <see cref="Reset"/> or <see cref="Stall"/>.</param>
    public sealed record RawAndEnd(string Text, SmtpPeerAction End) : SmtpPeerAction;

    /// <summary>Closes the connection in order, without a word.</summary>
    public sealed record Close : SmtpPeerAction;

    /// <summary>Resets the connection.</summary>
    public sealed record Reset : SmtpPeerAction;

    /// <summary>Neither reads nor writes any more, until the peer is disposed.</summary>
    public sealed record Stall : SmtpPeerAction;
}
