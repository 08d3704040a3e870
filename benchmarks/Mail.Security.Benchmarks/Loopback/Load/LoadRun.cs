using System.Diagnostics;

namespace Mail.Security.Benchmarks.Loopback.Load;

/// <summary>Runs a plan in clear text on the calling thread.</summary>
internal sealed class LoadRun : IDisposable
{
    private const int DialsAtOnce = 64;     // fewer than any server's backlog
    private const long MostErrors = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Queue<LoadSession> _toDial;
    private readonly LoadSession[] _sessions;
    private readonly Latencies _latencies = new();
    private long _deadline;
    private long _started;
    private long _finished;
    private long _opening;
    private long _opened;
    private long _errors;
    private string? _firstError;
    private bool _taking;

    public LoadRun(LoadPlan plan)
    {
        Plan = plan;
        Script = new(plan);
        _sessions = [.. Enumerable.Range(0, plan.Sessions).Select(key => new LoadSession(this, key))];
        _toDial = new(_sessions);
    }

    public LoadPlan Plan { get; }

    public LoadScript Script { get; }

    public Epoll Ready { get; } = new();

    /// <summary>Where a session receives; it keeps nothing there.</summary>
    public byte[] Buffer { get; } = new byte[64 * 1024];

    public bool IsRunning { get; private set; }

    /// <summary>Connects every session, runs the warm-up, and then what is counted.</summary>
    public LoadResult Run()
    {
        if (Plan.Mode == LoadMode.Idle)
            return RunIdle();
        Open();
        if (Plan.WarmUp > TimeSpan.Zero)
            Work(Plan.WarmUp);
        _latencies.Clear();
        (_started, _finished) = (0, 0);
        var meter = LoadMeter.Start(Plan.Server);
        Work(Plan.Time);
        return meter.Stop(Plan, _finished, _latencies, _errors, _firstError);
    }

    /// <summary>Whether a session may begin one more transaction, which is then counted as begun.</summary>
    public bool Take()
    {
        if (!_taking)
            return false;
        _started++;
        return true;
    }

    public void Opened()
    {
        _opened++;
        _opening--;
    }

    public void Finished(long begun)
    {
        _finished++;
        _latencies.Add(Stopwatch.GetTimestamp() - begun);
    }

    public void Failed(LoadSession session, string error, int underWay, bool opening)
    {
        _firstError ??= error;
        if (++_errors > MostErrors)
            throw new InvalidDataException($"More than {MostErrors} errors; the first: {_firstError}");
        _started -= underWay;
        if (opening)
            _opening--;
        else
            _opened--;
        _toDial.Enqueue(session);
    }

    public void Dispose()
    {
        foreach (var session in _sessions)
            session.Dispose();
        Ready.Dispose();
    }

    private LoadResult RunIdle()
    {
        var meter = LoadMeter.Start(Plan.Server);
        Open();
        var result = meter.Stop(Plan, _opened, _latencies, _errors, _firstError);
        Thread.Sleep(Plan.Time);        // what a server releases late is not the connection's
        return result with { KibPerConnection = meter.GrownKiB() / (double)Plan.Sessions };
    }

    private void Open() => Pump(() => _opened < _sessions.Length);

    private void Work(TimeSpan time)
    {
        _deadline = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        IsRunning = _taking = true;
        foreach (var session in _sessions)
            session.Begin();
        Pump(() => _taking || _finished < _started);
        IsRunning = false;
    }

    private void Pump(Func<bool> goesOn)
    {
        var (progress, since) = (-1L, Stopwatch.GetTimestamp());
        while (goesOn())
        {
            while (_opening < DialsAtOnce && _toDial.TryDequeue(out var next))
            {
                next.Dial();
                _opening++;
            }
            var ready = Ready.Wait(100);
            _taking = _taking && Stopwatch.GetTimestamp() < _deadline;
            for (var index = 0; index < ready; index++)
            {
                var (key, canSend, canReceive) = Ready[index];
                _sessions[key].OnReady(canSend, canReceive);
            }
            if (ready > 0 || progress != _finished + _opened)
                (progress, since) = (_finished + _opened, Stopwatch.GetTimestamp());
            else if (Stopwatch.GetElapsedTime(since) > Patience)
                throw new TimeoutException($"Nothing came for {Patience.TotalSeconds} s: {_opened} connections open, {_started} messages begun, {_finished} answered.");
        }
    }
}
