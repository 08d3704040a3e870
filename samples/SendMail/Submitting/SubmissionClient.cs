using System.Net;
using System.Net.Sockets;
using Mail.Security.Queue;
using Mail.Security.RequireTls;
using Mail.Security.Transports;
using SendMail.Configuration;
using SendMail.Messages;
using SendMail.Running;

namespace SendMail.Submitting;

/// <summary>Sends messages to the submission server, all over one session as long as that lasts.</summary>
internal sealed class SubmissionClient(SendConfiguration configuration, Explanation explanation, TimeProvider time) : IAsyncDisposable
{
    // Shorter than what service managers and shutdowns leave a process between its signal and its end.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private SmtpClientSession? _session;

    /// <summary>Sends a message. What goes wrong, a stop included, is in the results.</summary>
    public async Task<Attempt> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        var report = new TransactionReport();
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_session is not { State: SessionState.Reusable })
            {
                await DisposeAsync();
                if (await OpenAsync(cancellationToken) is { } problem)
                    return Deferred(mail, problem.ExitCode, problem.Sentence, ServerState.NotReached);
            }
            explanation.Sending(mail);
            // RFC 5321 §4.5.3.2.6: to leave before the last reply is to send the message twice.
            using var end = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
            using var stopping = cancellationToken.Register(() => end.CancelAfter(Limit(Patience)));
            await _session!.SendIntoAsync(new MailItem(mail.Envelope, new BytesContent(mail.Content)), report, end.Token);
            return new Attempt([.. report.ToResult().Recipients.Select(ResultTable.Of)], ServerState.Reached);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Stopped(mail, report);
        }
    }

    // The limits of a server may ask for several transactions: who was answered in one of them is done.
    private static Attempt Stopped(OutgoingMail mail, TransactionReport report)
    {
        var stopped = Deferred(mail, ExitCode.TemporaryFailure, "stopped by a signal", ServerState.NotReached);
        return stopped with { Recipients = [.. stopped.Recipients.Select((result, at) => at < report.Count && report.ReplyCodeOf(at) != 0 ? ResultTable.Of(report.ToOutcome(at)) : result)] };
    }

    /// <summary>Says QUIT.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_session is { State: SessionState.Reusable } session)
                await session.CloseAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The mail is with whoever took it.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is { } session)
            await session.DisposeAsync();
        _session = null;
    }

    private static Attempt Deferred(OutgoingMail mail, int exitCode, string sentence, ServerState server) =>
        new([.. mail.Envelope.Recipients.Select(recipient => new RecipientResult(recipient.Path, DeliveryOutcome.Deferred, exitCode, sentence))], server);

    // Null when the session is open. A login that failed is not tried at the next address: that locks accounts.
    private async Task<Problem?> OpenAsync(CancellationToken cancellationToken)
    {
        var last = new Problem(ExitCode.TemporaryFailure, $"{configuration.Server}: no address");
        var (addresses, fault) = await FindAsync(cancellationToken);
        if (fault is not null)
            return last with { Sentence = fault };
        await using var walk = new AddressWalk(new TcpDialer(new TcpDialerOptions { ConnectTimeout = Limit(TimeSpan.FromSeconds(30)) }), addresses, configuration.Port);
        while (await walk.NextAsync(cancellationToken) is { } dial)
        {
            explanation.Dialed(configuration, dial);
            if (dial.Result is DialResult.Failed failed)
                last = last with { Sentence = $"{configuration.Server}, {dial.Address}: {failed.Detail}" };
            if (dial.Result is not DialResult.Connected connected)
                continue;
            switch (await SmtpClientSession.OpenAsync(connected.Stream, SessionSettings(), cancellationToken: cancellationToken))
            {
                case SessionOpenResult.Opened opened:
                    _session = opened.Session;
                    explanation.Opened(_session, configuration);
                    return null;
                case SessionOpenResult.Failed { Failure: var failure }:
                    explanation.NotOpened(dial.Address, failure);
                    last = new Problem(ResultTable.Of(failure.Kind), $"{configuration.Server}, {dial.Address}: {failure.Detail}");
                    if (failure.Stage == SmtpStage.Authentication)
                        return last;
                    break;
            }
        }
        return last;
    }

    private async Task<(IReadOnlyList<IPAddress> Addresses, string? Fault)> FindAsync(CancellationToken cancellationToken)
    {
        if (configuration.Addresses.Count > 0)
            return (configuration.Addresses, null);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(configuration.Timeout);
        try
        {
            return (await Dns.GetHostAddressesAsync(configuration.Server.Ascii, limit.Token), null);
        }
        catch (SocketException exception)
        {
            return ([], $"{configuration.Server}: {exception.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ([], $"{configuration.Server}: no address within the time limit");
        }
    }

    private SmtpSessionSettings SessionSettings() => new()
    {
        HelloName = configuration.HostName,
        Tls = configuration.Tls,
        ServerName = configuration.Server,
        Verifier = new WebPkiVerifier(configuration.Server, configuration.ExtraRoots),
        Authentication = configuration.Authentication,
        Extensions = [new RequireTlsExtension()],
        Converter = new MimeContentConverter(),         // for a server without 8BITMIME
        Timeouts = Limits(SmtpTimeouts.Default),
    };

    private SmtpTimeouts Limits(SmtpTimeouts most) => most with
    {
        Greeting = Limit(most.Greeting),
        Command = Limit(most.Command),
        TlsHandshake = Limit(most.TlsHandshake),
        Authentication = Limit(most.Authentication),
        Mail = Limit(most.Mail),
        Recipient = Limit(most.Recipient),
        DataInitiation = Limit(most.DataInitiation),
        DataBlock = Limit(most.DataBlock),
        DataTermination = Limit(most.DataTermination),
    };

    private TimeSpan Limit(TimeSpan most) => configuration.Timeout < most ? configuration.Timeout : most;

    private sealed record Problem(int ExitCode, string Sentence);
}
