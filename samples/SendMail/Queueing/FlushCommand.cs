using Mail.Security.Smtp;
using Mail.Security.Transports;
using SendMail.Configuration;
using SendMail.Running;
using SendMail.Submitting;

namespace SendMail.Queueing;

/// <summary>Sends what is queued, each message once, over one session.</summary>
/// <remarks>
/// A message leaves the queue right after the server took it. A process that ends between the two sends it again, with the same Message-ID: nothing can help that, as the server has no
/// way to be asked.
/// </remarks>
internal sealed class FlushCommand(SendConfiguration configuration, SendMailEnvironment environment, Explanation explanation)
{
    private int _exitCode;

    /// <summary>Sends.</summary>
    /// <returns><see cref="ExitCode.Ok"/> when nothing is left, the exit code of a refusal when one was given up, else <see cref="ExitCode.TemporaryFailure"/>.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var folder = new MailFolder(configuration.Queue ?? throw new CommandException(ExitCode.Configuration, "There is no queue: give --queue, or the setting Queue."), environment.Time);
        using var sole = folder.TryLock() ?? throw new CommandException(ExitCode.TemporaryFailure, "Another process is sending what is queued.");
        folder.Clean();
        await using var client = new SubmissionClient(configuration, explanation, environment.Time);
        foreach (var file in folder.Files)
        {
            if (Read(folder, file) is not { } queued)
                continue;
            var attempt = await client.SendAsync(queued.Mail, cancellationToken);
            Record(folder, queued, attempt);
            if (attempt.Server == ServerState.NotReached)
                break;
        }
        await client.CloseAsync(cancellationToken);
        return _exitCode != ExitCode.Ok || folder.Files.Count == 0 ? _exitCode : ExitCode.TemporaryFailure;
    }

    private QueuedMail? Read(MailFolder folder, string file)
    {
        try
        {
            return MailFolder.Read(file);
        }
        catch (FormatException exception)
        {
            Report(ExitCode.DataError, $"{Path.GetFileName(file)}: {exception.Message}; it is in '{folder.Failed}'");
            folder.GiveUp(file, exception.Message);
            return null;
        }
    }

    // First what failed is kept, then the message forgets those recipients: a process that ends between has them in both places, and loses none.
    private void Record(MailFolder folder, QueuedMail queued, Attempt attempt)
    {
        foreach (var result in attempt.Recipients)
            explanation.Ended(result);
        var expired = environment.Time.GetUtcNow() - queued.Since > configuration.QueueLifetime;
        var failed = attempt.Recipients.Where(result => result.Outcome == DeliveryOutcome.Refused || (expired && result.Outcome == DeliveryOutcome.Deferred)).ToList();
        var waiting = attempt.Recipients.Where(result => result.Outcome != DeliveryOutcome.Accepted).Except(failed).ToList();
        foreach (var result in failed)
            Report(result.ExitCode, $"{Path.GetFileName(queued.Path)}: {result.Path}: given up: {result.Sentence}");
        foreach (var result in waiting)
            environment.Error.WriteLine($"SendMail: {Path.GetFileName(queued.Path)}: {result.Path}: waits: {result.Sentence}");
        if (failed.Count > 0)
            folder.GiveUp(For(queued, failed), string.Join('\n', failed.Select(result => $"{result.Path}: {result.Sentence}")));
        if (waiting.Count == 0)
            MailFolder.Remove(queued.Path);
        else if (waiting.Count < attempt.Recipients.Count)
            MailFolder.Write(For(queued, waiting));
    }

    private static QueuedMail For(QueuedMail queued, List<RecipientResult> recipients)
    {
        var paths = recipients.Select(result => result.Path).ToHashSet();
        SmtpRecipient[] left = [.. queued.Mail.Envelope.Recipients.Where(recipient => paths.Contains(recipient.Path))];
        return queued with { Mail = queued.Mail with { Envelope = queued.Mail.Envelope with { Recipients = left } } };
    }

    private void Report(int exitCode, string sentence)
    {
        _exitCode = _exitCode == ExitCode.Ok ? exitCode : _exitCode;
        environment.Error.WriteLine($"SendMail: {sentence}");
    }
}
