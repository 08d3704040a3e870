using Mail.Security.Queue;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Hosting;

/// <summary>What an intake was made of.</summary>
internal sealed record IntakeParts(IMailQueueStore Store, MailIntakeOptions Options, RelayRules Rules, TimeProvider Time, ILogger Logger, Action? Queued)
{
    /// <summary>The mail that is held while it arrives; null for no limit.</summary>
    public MailDataBudget? MailData { get; } = Options.MaxHeldBytes == 0 ? null : new(Options.MaxHeldBytes);

    /// <summary>When it was last said that there is no room.</summary>
    public LogWindow NoRoom { get; } = new(Time);

    /// <summary>Says that there is no room, once in a while.</summary>
    public void LogNoRoom()
    {
        if (NoRoom.Opens(out var unsaid))
            HostingLog.NoRoomForMail(Logger, MailData!.Held, Options.MaxHeldBytes, unsaid);
    }
}
