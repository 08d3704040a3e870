using Microsoft.Extensions.Logging;

namespace Mail.Security.Hosting.Tests;

/// <summary>Keeps the lines that are logged, with the ids of their events.</summary>
internal class LineLogger : ILogger
{
    private readonly List<(int Id, string Line)> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines.Select(line => line.Line)];
        }
    }

    public IReadOnlyList<string> Of(int id)
    {
        lock (_lines)
            return [.. _lines.Where(line => line.Id == id).Select(line => line.Line)];
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines)
            _lines.Add((eventId.Id, formatter(state, exception)));
    }
}

/// <inheritdoc/>
internal sealed class LineLogger<T> : LineLogger, ILogger<T>;
