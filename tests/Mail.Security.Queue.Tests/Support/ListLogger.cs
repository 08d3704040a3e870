using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Queue.Tests;

internal sealed class ListLogger<T> : ILogger<T>
{
    private readonly ConcurrentQueue<(int Id, string Text)> _lines = new();

    public IEnumerable<int> Ids => _lines.Select(line => line.Id);

    public IReadOnlyList<string> Texts(int id) => [.. _lines.Where(line => line.Id == id).Select(line => line.Text)];

    public int Count(int id) => _lines.Count(line => line.Id == id);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((eventId.Id, formatter(state, exception)));
}
