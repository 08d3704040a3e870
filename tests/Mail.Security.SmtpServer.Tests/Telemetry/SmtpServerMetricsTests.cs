using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Telemetry;

public sealed class SmtpServerMetricsTests
{
    [Fact]
    public void Session_WithMessages_IsCountedWithoutNames()
    {
        var factory = new OneMeter();
        using var metrics = new SmtpServerMetrics(factory);
        var seen = new ConcurrentQueue<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, factory.Meter))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) =>
            seen.Enqueue($"{instrument.Name["mail.smtp.server.".Length..]} {value}{string.Concat(labels.ToArray().Select(label => $" {label.Key}={label.Value}"))}"));
        listener.Start();

        var session = new MemorySession(options => options.MaxMessageSize = 10, metrics: metrics);
        session.Send(MemorySession.Hello + "RCPT TO:<b@b.example>\r\n");
        foreach (var content in (string[])["ok\r\n.\r\n", "much too large\r\n.\r\n", "broken off"])
            session.Send(MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data + content);
        session.Close();
        Assert.Equal(SessionEndReason.ConnectionLost, session.End.Reason);
        Assert.Equal(
            [
                "active_sessions 1", "refusals 1 verb=Rcpt code=503", "messages 1 result=accepted", "message.size 4", "messages 1 result=refused", "refusals 1 verb=Data code=552",
                "messages 1 result=aborted", "active_sessions -1", "sessions 1 reason=ConnectionLost",
            ], seen);
    }

    private sealed class OneMeter : IMeterFactory
    {
        public Meter? Meter { get; private set; }

        public Meter Create(MeterOptions options) => Meter = new Meter(options);

        public void Dispose() => Meter?.Dispose();
    }
}
