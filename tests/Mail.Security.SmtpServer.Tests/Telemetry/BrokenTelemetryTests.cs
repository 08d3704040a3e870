using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using Mail.Security.SmtpServer.Tests.Harness;
using Microsoft.Extensions.Logging;

namespace Mail.Security.SmtpServer.Tests.Telemetry;

/// <summary>Who listens and throws harms no session: a client that is not told of an accepted message sends it again.</summary>
[Collection(nameof(ListeningTests))]
public sealed class BrokenTelemetryTests
{
    private const string Message = MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data + "x\r\n.\r\n";
    private const string Chunk = MemorySession.Mail + MemorySession.Rcpt + "BDAT 3 LAST\r\nx\r\n";

    [Fact]
    public void Logger_Throws_EverythingGoesOn()
    {
        using var session = new MemorySession(options => options.ProtocolLog = new(new BrokenLogger()) { Sources = [IPNetwork.Parse("0.0.0.0/0")] }, logger: new BrokenLogger());
        AssertGoesOn(session);
    }

    [Fact]
    public void MeterListener_Throws_EverythingGoesOn()
    {
        using var factory = new OneMeter();
        using var metrics = new SmtpServerMetrics(factory);
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => { if (ReferenceEquals(instrument.Meter, factory.Meter)) self.EnableMeasurementEvents(instrument); } };
        var called = 0;
        listener.SetMeasurementEventCallback<long>((_, _, _, _) =>
        {
            called++;
            throw new InvalidOperationException("the listener is broken");
        });
        listener.Start();
        using var session = new MemorySession(metrics: metrics);
        AssertGoesOn(session);
        metrics.TurnedAway(SmtpConnectionLimit.Total);
        Assert.InRange(called, 10, 100);
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void ActivityListener_Throws_EverythingGoesOn(bool sampling, bool starting, bool stopping)
    {
        var called = 0;
        void Throw(bool broken)
        {
            called++;
            if (broken)
                throw new InvalidOperationException("the listener is broken");
        }

        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == SmtpServerMetrics.MeterName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
            {
                Throw(sampling);
                return ActivitySamplingResult.AllData;
            },
            ActivityStarted = _ => Throw(starting),
            ActivityStopped = _ => Throw(stopping),
            ExceptionRecorder = (Activity _, Exception _, ref TagList _) => Throw(true),
        };
        ActivitySource.AddActivityListener(listener);
        using var session = new MemorySession();
        AssertGoesOn(session);
        Assert.Null(Activity.Current);
        Assert.InRange(called, 4, 100);
    }

    [Fact]
    public void BeginScope_ScopeThatThrowsWhenItEnds_EndsAllTheSame()
    {
        var inner = new BrokenScope();

        new IsolatedLogger(inner).BeginScope("session")!.Dispose();

        Assert.Equal(1, inner.Ended);
    }

    // Through every kind of line and measurement.
    private static void AssertGoesOn(MemorySession session)
    {
        Assert.Equal("220, 250, 250 2.1.0, 250 2.1.5, 354, 250 2.0.0, 503 5.5.1", session.Ask(MemorySession.Hello + Message + MemorySession.Rcpt));
        Assert.Equal("250 2.1.0, 250 2.1.5, 250 2.0.0", session.Ask(Chunk));
        session.Handler.Interfere = RecordingHandler.ThrowIn(Hook.Complete);
        Assert.Equal("250 2.1.0, 250 2.1.5, 354, 451 4.3.0", session.Ask(Message));
        session.Handler.Interfere = null;
        Assert.Equal("250 2.1.0, 250 2.0.0, 250 2.1.0, 221 2.0.0", session.Ask(MemorySession.Mail + "RSET\r\n" + MemorySession.Mail + "QUIT\r\n"));
        Assert.Equal((SessionEndReason.Quit, 2), (session.End.Reason, session.End.AcceptedMessages));
        Assert.Equal(2, session.Handler.Accepted.Count());
    }

    private sealed class BrokenLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => throw new InvalidOperationException("the log is broken");

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.Debug ? true : throw new InvalidOperationException("the log is broken");

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("the log is broken");
    }

    private sealed class BrokenScope : ILogger, IDisposable
    {
        public int Ended { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
            Ended++;
            throw new InvalidOperationException("the log is broken");
        }
    }

    private sealed class OneMeter : IMeterFactory
    {
        public Meter? Meter { get; private set; }

        public Meter Create(MeterOptions options) => Meter = new Meter(options);

        public void Dispose() => Meter?.Dispose();
    }
}
