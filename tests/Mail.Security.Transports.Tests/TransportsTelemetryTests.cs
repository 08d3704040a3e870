using Mail.Security.Testing;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Transports.Tests;

public sealed class TransportsTelemetryTests
{
    [Fact]                                                  // the one line an operator must see
    public async Task OpenAsync_Injection_Warns()
    {
        await using var peer = ScriptedSmtpPeer.Play("""
            S: 220 mx.test
            C: EHLO *
            S: 250-mx.test
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 go ahead
            S: 250 evil
            C: *
            """);
        var log = new ListLogger();

        await Rig.FailAsync(peer, Rig.StartTls with { Logger = log });

        Assert.Equal((1302, LogLevel.Warning), Assert.Single(log.Lines.Select(line => (line.Id, line.Level))));
    }

    [Fact]
    public async Task SendAsync_Logged_WithoutContentOrAddresses()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions().On(SmtpPeerMoment.Recipient, "*none*", "550 5.1.1 unknown"));
        var log = new ListLogger();
        await using var session = await Rig.OpenAsync(peer, Rig.Clear with { Logger = log });

        await session.SendAsync(Rig.Envelope("somebody@mx.test", "none@mx.test"), Rig.Content, Rig.Stop);

        Assert.Equal([1300, 1303, 1303, 1303, 1303, 1303, 1304], log.Lines.Select(line => line.Id));
        Assert.Equal("Transaction ended: 1 of 2 recipients accepted, session Reusable, (null)", log.Lines[^1].Text);
        Assert.DoesNotContain(log.Lines, line => line.Text.Contains("hello", StringComparison.Ordinal) || line.Text.Contains("somebody", StringComparison.Ordinal));
    }

    private sealed class ListLogger : ILogger
    {
        public List<(int Id, LogLevel Level, string Text)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((eventId.Id, logLevel, formatter(state, exception)));
    }
}
