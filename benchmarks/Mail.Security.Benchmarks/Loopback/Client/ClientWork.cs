namespace Mail.Security.Benchmarks.Loopback.Client;

/// <summary>One size of message, and who sends it in turn.</summary>
/// <param name="Title">What it is called in tables.</param>
/// <param name="Size">The bytes of a message.</param>
/// <param name="Who">In the order of measurement.</param>
internal sealed record ClientWork(string Title, int Size, params IReadOnlyList<string> Who)
{
    public const string Small = "1 KiB";
    public const string Middle = "100 KiB";
    public const string Large = "10 MiB";

    public static IReadOnlyList<ClientWork> All { get; } =
    [
        new(Small, 1024, Senders.Feed, Senders.OneByOne, Senders.LockStep, Senders.SmtpSource, Senders.MailKit, Senders.MailKitNoDelay),
        new(Middle, 100 * 1024, Senders.Feed, Senders.OneByOne, Senders.LockStep, Senders.SmtpSource, Senders.MailKit, Senders.MailKitNoDelay),
        new(Large, 10 * 1024 * 1024, Senders.Feed, Senders.Stream, Senders.SmtpSource, Senders.MailKitNoDelay),
    ];
}
