namespace Mail.Security.Transports;

/// <summary>What a pool knows of one proxy. Not safe for use by many callers at once: the pool's gate is around it.</summary>
internal sealed class ProxyHealth(ProxyPoolMember member, ProxyPoolOptions options, TimeProvider time)
{
    private long _connected;
    private long _proxyFailures;
    private long _targetFailures;
    private long _unclear;
    private int _unclearInARow;
    private int _failuresInARow;
    private long _leftOutAt;
    private long _failedAt;
    private TimeSpan _backOff;
    private bool _probing;
    private DialResult.Failed? _lastFailure;
    private DateTimeOffset? _lastFailed;

    public ProxyPoolMember Member => member;

    public ProxyState State => _failuresInARow == 0 ? ProxyState.Healthy
        : _probing ? ProxyState.Probing
        : LeftOutFor > TimeSpan.Zero ? ProxyState.LeftOut
        : ProxyState.Due;

    public TimeSpan BackOff => _backOff;

    /// <summary>When it failed last; by this the least recently failed one is found.</summary>
    public long FailedAt => _failedAt;

    public TimeSpan LeftOutFor => _failuresInARow > 0 && _backOff - time.GetElapsedTime(_leftOutAt) is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero;

    public ProxyStatus Status => new()
    {
        Name = member.Dialer.Name,
        Weight = member.Weight,
        State = State,
        LeftOutFor = LeftOutFor,
        Connected = _connected,
        ProxyFailures = _proxyFailures,
        TargetFailures = _targetFailures,
        UnclearFailures = _unclear,
        LastFailure = _lastFailure,
        LastFailed = _lastFailed,
    };

    /// <summary>Begins an attempt.</summary>
    public ProxyUse Begin()
    {
        var kind = State switch
        {
            ProxyState.Healthy => ProxyUseKind.Share,
            ProxyState.Due => ProxyUseKind.Probe,
            _ => ProxyUseKind.LastResort,
        };
        _probing |= kind == ProxyUseKind.Probe;
        return new ProxyUse(this, kind, _failuresInARow);
    }

    /// <summary>Ends an attempt with its result; null when it was given up, which says nothing of the proxy.</summary>
    public ProxyChange End(ProxyUse use, DialResult? result)
    {
        if (use.Kind == ProxyUseKind.Probe)
            _probing = false;
        switch (result)
        {
            case null:
            case DialResult.Failed own when own.Reason.Blame() == DialBlame.Self:
                return ProxyChange.None;
            case DialResult.Connected:
                _connected++;
                return Heal();
            case DialResult.Failed failed when failed.Reason.Blame() == DialBlame.Proxy:
                _proxyFailures++;
                return LeaveOut(use, failed);
            case DialResult.Failed failed when failed.Reason.Blame() == DialBlame.Unclear:
                _unclear++;
                return ++_unclearInARow >= options.UnclearLimit ? LeaveOut(use, failed) : ProxyChange.None;
            default:
                _targetFailures++;
                return Heal();          // it answered, and as a proxy should
        }
    }

    private ProxyChange Heal()
    {
        var was = _failuresInARow;
        (_unclearInARow, _failuresInARow, _backOff) = (0, 0, TimeSpan.Zero);
        return was > 0 ? ProxyChange.Healed : ProxyChange.None;
    }

    // Many attempts may be under way when a proxy dies: they all tell the same failure, which is counted once. Nor does it count that
    // a proxy known to be dead was tried for want of a better one.
    private ProxyChange LeaveOut(ProxyUse use, DialResult.Failed failed)
    {
        (_lastFailure, _lastFailed, _failedAt, _unclearInARow) = (failed, time.GetUtcNow(), time.GetTimestamp(), 0);
        if (use.FailuresBefore != _failuresInARow || use.Kind == ProxyUseKind.LastResort)
            return ProxyChange.None;
        _failuresInARow++;
        _leftOutAt = _failedAt;
        _backOff = _failuresInARow == 1 ? options.BackOff : _backOff < options.MaxBackOff / 2 ? 2 * _backOff : options.MaxBackOff;
        return ProxyChange.LeftOut;
    }
}

/// <summary>One attempt through a proxy.</summary>
internal readonly record struct ProxyUse(ProxyHealth Proxy, ProxyUseKind Kind, int FailuresBefore);

/// <summary>Why a proxy is used.</summary>
internal enum ProxyUseKind : byte
{
    /// <summary>It is healthy.</summary>
    Share = 0,

    /// <summary>It may be healthy again.</summary>
    Probe,

    /// <summary>No other is any better.</summary>
    LastResort,
}

/// <summary>What the end of an attempt changed.</summary>
internal enum ProxyChange : byte
{
    None = 0,
    LeftOut,
    Healed,
}
