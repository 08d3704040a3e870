using SendMail.Arguments;
using SendMail.Configuration;
using SendMail.Messages;
using SendMail.Queueing;
using SendMail.Submitting;

namespace SendMail.Running;

/// <summary>Sends the message on the standard input, and queues it for the recipients the server could not take yet.</summary>
internal sealed class SendCommand(SendArguments arguments, SendConfiguration configuration, SendMailEnvironment environment, Explanation explanation)
{
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var queue = configuration.Queue is { } folder ? new MailFolder(folder, environment.Time) : null;
        if (arguments.Mode == SendMode.QueueOnly && queue is null)
            throw new CommandException(ExitCode.Configuration, "There is no queue: give --queue, or the setting Queue.");
        var input = await MessageInput.ReadAsync(environment.Input, arguments.Dots, configuration.MaxSize, cancellationToken);
        var mail = new MessageComposer(arguments, configuration, environment.Time).Compose(input);
        if (arguments.Mode == SendMode.QueueOnly)
        {
            explanation.Queued(queue!.Add(mail));
            return ExitCode.Ok;
        }
        await using var client = new SubmissionClient(configuration, explanation, environment.Time);
        var attempt = await client.SendAsync(mail, cancellationToken);
        var exitCode = Record(queue, mail, attempt);
        await client.CloseAsync(cancellationToken);
        return exitCode;
    }

    // A refusal is told by the exit code also when others wait: sending the whole again would help nobody.
    private int Record(MailFolder? queue, OutgoingMail mail, Attempt attempt)
    {
        foreach (var result in attempt.Recipients)
            explanation.Ended(result);
        Report(attempt.Refused, "refused");
        var refused = attempt.Refused.FirstOrDefault();
        if (attempt.Deferred.FirstOrDefault() is not { } deferred)
            return refused?.ExitCode ?? ExitCode.Ok;
        if (queue is null)
        {
            Report(attempt.Deferred, "not sent");
            return refused?.ExitCode ?? deferred.ExitCode;
        }
        var waiting = attempt.Deferred.Select(result => result.Path).ToHashSet();
        explanation.Queued(queue.Add(mail with { Envelope = mail.Envelope with { Recipients = [.. mail.Envelope.Recipients.Where(recipient => waiting.Contains(recipient.Path))] } }));
        Report(attempt.Deferred, "queued");
        return refused?.ExitCode ?? ExitCode.Ok;
    }

    private void Report(IEnumerable<RecipientResult> results, string end)
    {
        foreach (var result in results)
            environment.Error.WriteLine($"SendMail: {result.Path}: {end}: {result.Sentence}");
    }
}
