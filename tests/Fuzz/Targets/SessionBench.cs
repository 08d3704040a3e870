using System.IO.Pipelines;
using System.Net;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Fuzz.Targets;

/// <summary>
/// A whole session over pipes in memory that run their continuations where they are: when the last byte is sent, the session has done all
/// it will ever do, on this thread. No time passes in it.
/// </summary>
internal sealed class SessionBench : IDuplexPipe
{
    public const int CommandLimit = 512;
    public const int MessageLimit = 3000;

    private readonly Pipe _toServer = new(Inline);
    private readonly Pipe _toClient = new(Inline);
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));

    private static PipeOptions Inline { get; } =
        new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);

    PipeReader IDuplexPipe.Input => _toServer.Reader;

    PipeWriter IDuplexPipe.Output => _toClient.Writer;

    /// <summary>What the handler saw.</summary>
    public CheckingHandler Handler { get; private init; } = new();

    /// <summary>The session's description at its end.</summary>
    public SmtpSessionInfo Session { get; } = new(new IPEndPoint(IPAddress.Parse("192.0.2.7"), 4711), new IPEndPoint(IPAddress.Parse("192.0.2.1"), 25)) { Id = "0123456789abcdef" };

    /// <summary>Whether mail was to be taken after a login only.</summary>
    public bool NeedsLogin { get; private set; }

    /// <summary>All that the server sent.</summary>
    public byte[] Output { get; private set; } = [];

    /// <summary>How the session ended.</summary>
    public SessionEnd End { get; private set; } = new(SessionEndReason.Unspecified, 0, "");

    /// <summary>Runs a session whose client sends these bytes, in these pieces, and then no more.</summary>
    public static SessionBench Run(byte[] input, int[] cuts, Action<SmtpServerOptions>? configure = null)
    {
        var bench = new SessionBench();
        bench.Play(input, cuts, configure);
        return bench;
    }

    private void Play(byte[] input, int[] cuts, Action<SmtpServerOptions>? configure)
    {
        var options = new SmtpServerOptions
        {
            HostName = DomainName.Parse("mx.example"),
            MaxCommandLine = CommandLimit,
            MaxMessageSize = MessageLimit,
            MaxErrors = 1000,
            MaxIdleCommands = 1000,
            Features = SmtpServerFeatures.Chunking | SmtpServerFeatures.BinaryMime | SmtpServerFeatures.Dsn | SmtpServerFeatures.Limits,
            Extensions = [new FutureReleaseExtension(TimeSpan.FromDays(7), _time), new DeliverByExtension(TimeSpan.FromMinutes(1), _time), new PriorityExtension()],
        };
        configure?.Invoke(options);
        NeedsLogin = options.Authentication?.Requirement == AuthenticationRequirement.Required;
        var run = new SmtpServerSession(this, options, Handler, Session, _time).RunAsync(CancellationToken.None);
        foreach (var piece in Wire.Pieces(input, cuts))
        {
            if (run.IsCompleted)
                break;
            Check.That(_toServer.Writer.WriteAsync(piece).AsTask().IsCompletedSuccessfully, "the session takes what it is sent");
        }
        _toServer.Writer.Complete();
        Check.That(run.IsCompleted, "a session whose client sends no more is over");
        End = run.GetAwaiter().GetResult();
        Handler.VerifyEnd(End);
        if (!_toClient.Reader.TryRead(out var result))
            return;
        Output = System.Buffers.BuffersExtensions.ToArray(result.Buffer);
        _toClient.Reader.AdvanceTo(result.Buffer.End);
    }
}
