namespace Mail.Security.Benchmarks.Loopback.Client;

/// <summary>Who sends: ourselves in several ways, and what is compared with it.</summary>
internal static class Senders
{
    public const string Feed = "ours";
    public const string OneByOne = "ours, one by one";
    public const string Stream = "ours, from a file";
    public const string LockStep = "lock-step loop";
    public const string MailKit = "MailKit";
    public const string MailKitNoDelay = "MailKit, NoDelay";
    public const string SmtpSource = "smtp-source";

    public static IReadOnlyList<string> Names { get; } = [Feed, OneByOne, Stream, LockStep, MailKit, MailKitNoDelay];

    public static Sender Create(string name) => name switch
    {
        Feed => new OurSender(OurWay.Feed),
        OneByOne => new OurSender(OurWay.OneByOne),
        Stream => new OurSender(OurWay.FromFile),
        LockStep => new LockStepSender(),
        MailKit => new MailKitSender(SocketDelay.Nagle),
        MailKitNoDelay => new MailKitSender(SocketDelay.None),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such sender"),
    };
}
