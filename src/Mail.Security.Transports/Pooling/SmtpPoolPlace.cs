using System.Net;

namespace Mail.Security.Transports;

/// <summary>A caller's place in a pool: the right to one session at a time with a host. Perhaps an idle session stands there; if not, or if it fails, the caller opens another.</summary>
/// <remarks>Use by one caller at a time. Disposal gives place and session back; what can be used again is kept for the next caller, and all else is closed.</remarks>
public sealed class SmtpPoolPlace : IAsyncDisposable
{
    private readonly SmtpSessionPool _pool;
    private readonly SmtpPoolRequest _request;
    private PooledConnection? _connection;
    private int _left;

    internal SmtpPoolPlace(SmtpSessionPool pool, SmtpPoolRequest request, PooledConnection? idle) =>
        (_pool, _request, _connection, IsReused) = (pool, request, idle, idle is not null);

    /// <summary>The session; null when none has been opened here.</summary>
    public SmtpClientSession? Session => _connection?.Session;

    /// <summary>The address and port the session is with; null without one.</summary>
    public IPEndPoint? Address => _connection?.Address;

    /// <summary>The configured name of the proxy its connection goes through; null for none.</summary>
    public string? Via => _connection?.Dialed.Via;

    /// <summary>The address the server sees, as the dialer told it; null where it did not.</summary>
    public IPEndPoint? Local => _connection?.Dialed.Local;

    /// <summary>Whether others have used the session before. One that fails at once then, at MAIL or the RSET before it, was gone already: open another, it says nothing of the host.</summary>
    public bool IsReused { get; private set; }

    /// <summary>Whether the session has carried as many transactions as the server takes on one connection (MAILMAX of LIMITS, RFC 9422).</summary>
    public bool IsSpent => _connection is { Session.State: SessionState.Spent };

    /// <summary>Opens a session here, in the place of the one that was.</summary>
    /// <param name="connection">The connection; owned by the session, and closed when none comes about.</param>
    /// <param name="address">The address and port it leads to.</param>
    /// <param name="settings">How to open and run the session: those of the request, or others where a plan falls back to them. Who wants the same finds it later.</param>
    /// <param name="cancellationToken">Gives up; the connection is closed.</param>
    /// <returns>The same as <see cref="SmtpClientSession.OpenAsync"/>. The session is owned by the place.</returns>
    /// <exception cref="ArgumentException">TLS without a verifier, no hello name, or a limit that is not positive or over a day.</exception>
    /// <exception cref="ObjectDisposedException">The place was given back.</exception>
    public async ValueTask<SessionOpenResult> OpenAsync(DialResult.Connected connection, IPEndPoint address, SmtpSessionSettings settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        try
        {
            ArgumentNullException.ThrowIfNull(address);
            ArgumentNullException.ThrowIfNull(settings);
            ObjectDisposedException.ThrowIf(_left != 0, this);
            await CloseAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await connection.Stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        var (result, opened) = await _pool.OpenAsync(_request, connection, address, settings, cancellationToken).ConfigureAwait(false);
        (_connection, IsReused) = (opened, false);
        return result;
    }

    /// <summary>Ends the session with QUIT, and keeps the place. Does nothing without one.</summary>
    /// <param name="cancellationToken">Closes at once.</param>
    /// <returns>When the connection is closed.</returns>
    public async ValueTask CloseAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
            await _pool.EndAsync(connection, connection.Session.State == SessionState.Broken ? EvictionReason.Broken : EvictionReason.Closed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives place and session back.</summary>
    /// <param name="cancellationToken">Where the session is not kept, closes it without goodbye.</param>
    /// <returns>When the session is kept or closed.</returns>
    public async ValueTask LeaveAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
            await _pool.LeaveAsync(_request, Interlocked.Exchange(ref _connection, null), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives place and session back.</summary>
    /// <returns>When the session is kept or closed.</returns>
    public ValueTask DisposeAsync() => LeaveAsync();
}
