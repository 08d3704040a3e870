using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Telemetry;

public sealed class SmtpServerMetricsTests
{
    [Fact]
    public void Session_WithMessages_IsCountedWithoutNames()
    {
        using var meter = new Listening();
        var session = new MemorySession(options => options.MaxMessageSize = 10, metrics: meter.Metrics);
        session.Send(MemorySession.Hello + "RCPT TO:<b@b.example>\r\n");
        foreach (var content in (string[])["ok\r\n.\r\n", "much too large\r\n.\r\n", "broken off"])
            session.Send(MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data + content);
        session.Close();
        Assert.Equal(SessionEndReason.ConnectionLost, session.End.Reason);
        Assert.Equal(
            [
                "active_sessions 1", "refusals 1 verb=Rcpt code=503", "messages 1 result=accepted", "message.size 4", "messages 1 result=refused", "refusals 1 verb=Data code=552",
                "messages 1 result=aborted", "active_sessions -1", "sessions 1 reason=ConnectionLost",
            ], meter.Seen);
    }

    [Fact]
    public void Session_WithLogins_CountsThemWithoutNames()
    {
        using var meter = new Listening();
        var accounts = new TestAccounts();
        var session = new MemorySession(accounts.Everywhere(), metrics: meter.Metrics);
        session.Send($"{MemorySession.Hello}AUTH PLAIN {TestAccounts.Plain("wrong")}\r\nAUTH LOGIN\r\n*\r\nAUTH LOGIN\r\n?\r\n");
        accounts.Interfere = _ => throw new InvalidOperationException("the store is broken");
        session.Send($"AUTH PLAIN {TestAccounts.Plain()}\r\n");
        accounts.Interfere = null;
        session.Send($"AUTH PLAIN {TestAccounts.Plain()}\r\n");
        Assert.Equal(
            [
                "authentications 1 mechanism=PLAIN result=failed", "authentications 1 mechanism=LOGIN result=cancelled", "authentications 1 mechanism=LOGIN result=failed",
                "authentications 1 mechanism=PLAIN result=unavailable", "authentications 1 mechanism=PLAIN result=succeeded",
            ], meter.Seen.Where(line => line.StartsWith("auth", StringComparison.Ordinal)));
    }

    private sealed class Listening : IDisposable
    {
        private readonly MeterListener _listener = new();

        public Listening()
        {
            var factory = new OneMeter();
            Metrics = new(factory);
            _listener.InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter, factory.Meter))
                    self.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) =>
                Seen.Enqueue($"{instrument.Name["mail.smtp.server.".Length..]} {value}{string.Concat(labels.ToArray().Select(label => $" {label.Key}={label.Value}"))}"));
            _listener.Start();
        }

        public SmtpServerMetrics Metrics { get; }

        public ConcurrentQueue<string> Seen { get; } = new();

        public void Dispose()
        {
            _listener.Dispose();
            Metrics.Dispose();
        }
    }

    private sealed class OneMeter : IMeterFactory
    {
        public Meter? Meter { get; private set; }

        public Meter Create(MeterOptions options) => Meter = new Meter(options);

        public void Dispose() => Meter?.Dispose();
    }
}
