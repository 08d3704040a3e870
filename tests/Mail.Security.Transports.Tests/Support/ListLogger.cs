using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Transports.Tests;

/// <summary>Keeps every line it is given, as "1340 Debug text".</summary>
internal sealed class ListLogger<T> : ILogger<T>
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{eventId.Id} {logLevel} {formatter(state, exception)}");
}
