using Mail.Security.Smtp;

namespace Mail.Security.Transports.Tests;

/// <summary>A feed of messages that are all there from the start, and what was told of each.</summary>
internal sealed class ListFeed(params MailItem[] items) : MailFeed
{
    private readonly Queue<MailItem> _left = new(items);

    /// <summary>Such as "a: Accepted/EndOfData; -; Reusable", in the order it was told.</summary>
    public List<string> Ended { get; } = [];

    public int Left => _left.Count;

    public Action? OnTake { get; init; }

    public static MailItem Item(string name, MessageContent? content = null, params string[] recipients) =>
        Item(name, Rig.Envelope(recipients.Length > 0 ? recipients : [$"{name}@mx.test"]), content);

    public static MailItem Item(string name, SmtpEnvelope envelope, MessageContent? content = null) =>
        new(envelope, content ?? Rig.Text($"Subject: {name}\r\n\r\n.{name}\r\n"), name);

    public override bool TryTake(out MailItem item)
    {
        OnTake?.Invoke();
        return _left.TryDequeue(out item);
    }

    public override void OnEnded(in MailItem item, TransactionReport report) => Ended.Add($"{item.Tag}: {Rig.Describe(report.ToResult())}");
}
