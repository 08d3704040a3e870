using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>One of the two messages a session may have in hand: the one it sends, and the one whose envelope went ahead.</summary>
internal sealed class MailSlot
{
    private readonly TransactionReport _own = new();

    public MailItem Item { get; private set; }

    public TransactionReport Report { get; private set; } = null!;

    /// <summary>What is sent: the content of the message, or what it was converted into.</summary>
    public MessageContent Content { get; private set; } = null!;

    /// <summary>What is declared of it.</summary>
    public BodyType Body { get; private set; }

    public ContentTransfer Transfer { get; set; }

    /// <summary>What goes behind the reverse-path.</summary>
    public SmtpParameterList Parameters { get; } = [];

    public SlotProgress Progress { get; set; }

    /// <summary>Takes a message.</summary>
    /// <param name="item">The message.</param>
    /// <param name="report">Where its outcomes go; null for the slot's own report.</param>
    public void Begin(in MailItem item, TransactionReport? report = null)
    {
        ArgumentNullException.ThrowIfNull(item.Envelope, nameof(item));     // the default value, which is no message
        (Item, Report) = (item, report ?? _own);
        Restart();
    }

    /// <summary>Lets the message go.</summary>
    public void Clear() => (Item, Report, Content) = (default, _own, null!);

    /// <summary>Forgets what has been said of the message so far.</summary>
    public void Restart()
    {
        Report.Begin(Item.Envelope.Recipients);
        Progress = SlotProgress.Taken;
        Use(Item.Content, Item.Envelope.Body);
    }

    /// <summary>Sends this content.</summary>
    public void Use(MessageContent content, BodyType body)
    {
        Parameters.Clear();
        (Content, Body, Transfer) = (content, body, ContentTransfer.Data);
    }

    /// <summary>Disposes of a content that was made by conversion.</summary>
    public async ValueTask DropConvertedAsync()
    {
        if (ReferenceEquals(Content, Item.Content))
            return;
        var converted = Content;
        Content = Item.Content;
        if (converted is IAsyncDisposable disposable)
            await disposable.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>By which command the content goes.</summary>
internal enum ContentTransfer : byte
{
    Data = 0,
    Chunks,
}

/// <summary>How far a message has come.</summary>
internal enum SlotProgress : byte
{
    Taken = 0,

    /// <summary>Its parameters are known, and who is refused by this side.</summary>
    Prepared,

    /// <summary>MAIL, RCPT and DATA are on their way, together with the end of the message before.</summary>
    SentAhead,
}
