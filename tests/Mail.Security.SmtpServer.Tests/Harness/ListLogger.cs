using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Mail.Security.SmtpServer.Tests.Harness;

/// <summary>Keeps every line it is given.</summary>
internal sealed class ListLogger : ILogger
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    public LogLevel Least { get; set; } = LogLevel.Trace;

    public LogLine Single(int id) => _lines.Single(line => line.Id == id);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= Least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(new(eventId.Id, logLevel, formatter(state, exception), exception));
}

/// <summary>A line of the log.</summary>
internal sealed record LogLine(int Id, LogLevel Level, string Text, Exception? Exception);
