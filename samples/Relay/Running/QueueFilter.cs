using System.Globalization;
using Mail.Security;
using Mail.Security.Queue;
using Relay.Configuration;

namespace Relay.Running;

/// <summary>Which of the queue is to be seen.</summary>
/// <param name="Domain">The recipient domain; empty for all.</param>
/// <param name="Message">The message; null for all.</param>
internal sealed record QueueFilter(DomainName Domain, QueueMessageId? Message)
{
    /// <summary>The message behind which the listing begins.</summary>
    public QueueMessageId Before => Message is { } message ? new(message.Value - 1) : default;

    /// <summary>What the command line asks for.</summary>
    /// <exception cref="FormatException">It asks for what cannot be.</exception>
    public static QueueFilter Of(CommandLine line)
    {
        var domain = line.Values.GetValueOrDefault("Domain") is { } name ? Values.Domain(name) : default;
        if (line.Values.GetValueOrDefault("Message") is not { } text)
            return new(domain, null);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var message) && message > 0 ? new(domain, new QueueMessageId(message))
            : throw new FormatException($"--Message: '{text}' is not the number of a message, as 'queued as' told it to its client");
    }

    public bool Wants(QueueEntry entry) => (Domain.IsEmpty || entry.Domain.Name == Domain) && (Message is null || entry.MessageId == Message);
}
