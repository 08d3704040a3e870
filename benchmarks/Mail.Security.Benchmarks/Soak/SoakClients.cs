using System.Collections.Concurrent;

namespace Mail.Security.Benchmarks.Soak;

/// <summary>What all clients of a soak share: messages to send, what went wrong, and what was acknowledged.</summary>
internal sealed class SoakClients
{
    private const int Prepared = 64;
    private const int MostProblems = 50;
    private const int LongestMessage = 256 * 1024;

    private readonly ConcurrentQueue<string> _problems = new();
    private readonly CheckedMessage[] _messages;
    private long _acknowledged;
    private long _misdeeds;

    public SoakClients(int port, TimeSpan patience)
    {
        (Port, Patience) = (port, patience);
        var random = new Random(20261124);
        // Few are long, as in life.
        _messages = [.. Enumerable.Range(0, Prepared).Select(_ => CheckedMessage.Create(random, 100 + (int)(LongestMessage * Math.Pow(random.NextDouble(), 6))))];
    }

    public int Port { get; }

    /// <summary>After how long the server gives up on a client.</summary>
    public TimeSpan Patience { get; }

    /// <summary>How long a client waits for the server to do what it must: a busy machine is no fault of the server.</summary>
    public TimeSpan Limit => Patience * 2 + TimeSpan.FromSeconds(30);

    /// <summary>Messages whose acceptance a client has read.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Connections on which a client misbehaved to its end.</summary>
    public long Misdeeds => Interlocked.Read(ref _misdeeds);

    public IReadOnlyCollection<string> Problems => _problems;

    public CheckedMessage Message() => _messages[Random.Shared.Next(_messages.Length)];

    public void AcknowledgedOne() => Interlocked.Increment(ref _acknowledged);

    public void MisbehavedOnce() => Interlocked.Increment(ref _misdeeds);

    public void Problem(string text)
    {
        if (_problems.Count < MostProblems)
            _problems.Enqueue(text);
    }
}
