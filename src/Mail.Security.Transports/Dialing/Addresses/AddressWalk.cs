using System.Net;

namespace Mail.Security.Transports;

/// <summary>
/// Goes through the addresses of a server until its user is content: dials them in order or in a race, and tells of each what became of it.
/// </summary>
/// <remarks>
/// <para>A connection ends the race (RFC 8305 §5): the other attempts are cancelled, and what they had opened is closed. Their addresses have
/// not failed, though: when the session on the connection does not succeed, <see cref="NextAsync"/> goes on with them.</para>
/// <para>The attempts of a race run on between two calls. <see cref="DisposeAsync"/>, or the cancellation of a call, ends them; a connection
/// that was handed out is not touched. Use by one caller at a time.</para>
/// </remarks>
public sealed class AddressWalk : IAsyncDisposable
{
    private readonly SmtpDialer _dialer;
    private readonly TimeProvider _time;
    private readonly TimeSpan? _delay;
    private readonly LinkedList<IPEndPoint> _waiting;
    private readonly Queue<AddressDial> _ready = [];
    private readonly List<Running> _running = [];
    private CancellationTokenSource _race = new();
    private Task? _turn;

    /// <summary>Prepares a walk; nothing is dialed yet.</summary>
    /// <param name="dialer">Opens each connection; a limit for each attempt is its business.</param>
    /// <param name="addresses">The addresses by falling preference.</param>
    /// <param name="port">Their port.</param>
    /// <param name="options">The order; read here. Null takes the defaults.</param>
    /// <param name="time">The clock of the delays; null takes the system's.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public AddressWalk(SmtpDialer dialer, IReadOnlyList<IPAddress> addresses, int port, AddressWalkOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(dialer);
        ArgumentNullException.ThrowIfNull(addresses);
        options ??= AddressWalkOptions.Default;
        Addresses = options.Sort(addresses);
        (_dialer, _time) = (dialer, time ?? TimeProvider.System);
        _delay = options.Order == AddressOrder.Race ? options.AttemptDelay : null;
        _waiting = new LinkedList<IPEndPoint>(Addresses.Select(address => new IPEndPoint(address, port)));
    }

    /// <summary>The addresses that are dialed, in the order in which attempts begin.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>Waits for the next address to connect or to fail.</summary>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <returns>What became of an address; null when every address has been told of.</returns>
    public async ValueTask<AddressDial?> NextAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_race.IsCancellationRequested, this);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (_ready.Count == 0 && (_running.Count > 0 || _waiting.Count > 0))
                await StepAsync(cancellationToken).ConfigureAwait(false);
            return _ready.TryDequeue(out var dial) ? dial : null;
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends the attempts that still run and closes what they opened.</summary>
    /// <returns>When no attempt is left.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_race.IsCancellationRequested)
            return;
        await CallOffAsync().ConfigureAwait(false);
        _waiting.Clear();
        while (_ready.TryDequeue(out var untold))
        {
            if (untold.Result is DialResult.Connected connected)
                await connected.Stream.DisposeAsync().ConfigureAwait(false);
        }
        _race.Dispose();
    }

    // Begins an attempt when it is time for one, or waits until it is, or until one that runs has ended.
    private async ValueTask StepAsync(CancellationToken cancellationToken)
    {
        if (_waiting.Count > 0 && (_running.Count == 0 || _turn is { IsCompleted: true }))
            Begin();
        var tasks = _running.Select(static one => (Task)one.Dial);
        await Task.WhenAny(_turn is null ? tasks : tasks.Append(_turn)).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_running.FirstOrDefault(static one => one.Dial.IsCompleted) is { } ended)
            await EndAsync(ended).ConfigureAwait(false);
    }

    private void Begin()
    {
        var address = _waiting.First!.Value;
        _waiting.RemoveFirst();
        _running.Add(new Running(address, _dialer.DialAsync(address, _race.Token).AsTask()));
        _turn = _delay is { } delay && _waiting.Count > 0 ? Task.Delay(delay, _time, _race.Token) : null;
    }

    private async ValueTask EndAsync(Running ended)
    {
        _running.Remove(ended);
        var result = await ended.Dial.ConfigureAwait(false);
        if (result is DialResult.Connected)
        {
            await CallOffAsync().ConfigureAwait(false);
            _race.Dispose();
            _race = new CancellationTokenSource();
        }
        else
        {
            _turn = _waiting.Count > 0 ? Task.CompletedTask : null;         // RFC 8305 §5 delays attempts beside others, not after them
        }
        _ready.Enqueue(new AddressDial(ended.Address, result));
    }

    // Attempts that were not to win go back to the front, in their order; one that failed by itself before it heard of it has failed.
    private async ValueTask CallOffAsync()
    {
        await _race.CancelAsync().ConfigureAwait(false);
        _turn = null;
        var losers = _running.ToArray();
        _running.Clear();
        foreach (var loser in losers.Reverse())
        {
            await ((Task)loser.Dial).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (loser.Dial is { IsCompletedSuccessfully: true, Result: DialResult.Failed failed })
            {
                _ready.Enqueue(new AddressDial(loser.Address, failed));
                continue;
            }
            if (loser.Dial is { IsCompletedSuccessfully: true, Result: DialResult.Connected connected })
                await connected.Stream.DisposeAsync().ConfigureAwait(false);
            _waiting.AddFirst(loser.Address);
        }
    }

    private sealed record Running(IPEndPoint Address, Task<DialResult> Dial);
}
