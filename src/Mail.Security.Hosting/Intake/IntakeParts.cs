using Mail.Security.Queue;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Hosting;

/// <summary>What an intake was made of.</summary>
internal sealed record IntakeParts(IMailQueueStore Store, MailIntakeOptions Options, RelayRules Rules, TimeProvider Time, ILogger Logger, Action? Queued);
