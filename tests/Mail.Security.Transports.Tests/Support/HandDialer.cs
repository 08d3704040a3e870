using System.Collections.Concurrent;
using System.Net;

namespace Mail.Security.Transports.Tests;

/// <summary>A dialer whose attempts end when and as a test says; it notes them, and whether what it opened is closed.</summary>
internal sealed class HandDialer : SmtpDialer
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<DialResult>> _ends = new();

    public ConcurrentQueue<string> Dialed { get; } = [];

    public ConcurrentQueue<string> Cancelled { get; } = [];

    public ConcurrentQueue<WatchedStream> Opened { get; } = [];

    /// <summary>Whether an attempt that is cancelled connects all the same, as one does that was just about to.</summary>
    public bool ConnectsWhenCancelled { get; init; }

    public void Connect(string address) => End(address).TrySetResult(Connected(address));

    public void Fail(string address, DialFailure reason = DialFailure.Refused) => End(address).TrySetResult(new DialResult.Failed(reason, address));

    public void Throw(string address) => End(address).TrySetException(new InvalidDataException(address));

    public override async ValueTask<DialResult> DialAsync(IPEndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var address = endpoint.Address.ToString();
        Dialed.Enqueue(address);
        try
        {
            var result = await End(address).Task.WaitAsync(cancellationToken);
            _ends.TryRemove(address, out _);
            return result;
        }
        catch (OperationCanceledException)
        {
            Cancelled.Enqueue(address);
            if (ConnectsWhenCancelled)
                return Connected(address);
            throw;
        }
    }

    private TaskCompletionSource<DialResult> End(string address) => _ends.GetOrAdd(address, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private DialResult.Connected Connected(string address)
    {
        var stream = new WatchedStream();
        Opened.Enqueue(stream);
        return new DialResult.Connected(stream, null, new IPEndPoint(IPAddress.Parse(address), 25));
    }
}

/// <summary>A stream that knows whether it is closed.</summary>
internal sealed class WatchedStream : MemoryStream
{
    public bool IsClosed { get; private set; }

    protected override void Dispose(bool disposing)
    {
        IsClosed = true;
        base.Dispose(disposing);
    }
}
