namespace Mail.Security.SmtpServer;

/// <summary>How long a session waits for its client, its handler and its sink, and how slowly a message may arrive.</summary>
/// <remarks>
/// Every wait of a session has one of these limits. A limit for a command runs from the moment the server starts to wait until
/// the whole line is there, so a client cannot stretch it byte by byte.
/// </remarks>
public sealed class SmtpServerTimeouts
{
    /// <summary>For the next whole command line, and for each whole response of a login (AUTH). Default 5 minutes, the least RFC 5321 §4.5.3.2.7 asks for.</summary>
    public TimeSpan Command { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>For the first command after the greeting, and after a TLS handshake. Default 5 minutes.</summary>
    public TimeSpan FirstCommand { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// For all commands together from one accepted message to the next, message data not counted: what a client can hold by a NOOP or a RCPT
    /// every few minutes. Default 30 minutes.
    /// </summary>
    public TimeSpan BetweenMessages { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>For the whole header of the PROXY protocol, where one is due. Default 10 seconds.</summary>
    public TimeSpan ProxyHeader { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>For the TLS handshake. Default 1 minute.</summary>
    public TimeSpan Handshake { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>For the next block of message data, however small. Default 5 minutes (RFC 5321 §4.5.3.2.5 gives the client 3).</summary>
    public TimeSpan DataBlock { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The least average speed of message data in bytes a second, over the time spent waiting for the client (time spent in the sink
    /// is not the client's). Default 1024. 0 turns the rule off; <see cref="DataBlock"/> then stands alone.
    /// </summary>
    public int DataMinimumRate { get; set; } = 1024;

    /// <summary>How much waiting is given before <see cref="DataMinimumRate"/> counts. Default 3 minutes.</summary>
    public TimeSpan DataGrace { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>
    /// How long the rest of a message that is already refused (too large, a bare line end) is read before the session gives up
    /// waiting for its end. Default 10 minutes.
    /// </summary>
    public TimeSpan Discard { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>For the client to take the replies sent to it. Default 5 minutes.</summary>
    public TimeSpan Write { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// For one call of the handler or the sink; its token is cancelled then. Default 5 minutes, half of what a client waits for the
    /// reply to a message (RFC 5321 §4.5.3.2.6).
    /// </summary>
    /// <remarks>
    /// Exact for a call that returns a task which is not complete, whose time counts from there (or from when the client has taken the reply to its last
    /// message, where that was still to be sent), and for the first call behind a wait for the client, which counts from the end of that wait. The calls
    /// between two such waits share one deadline: a later one that blocks its thread gets up to twice this time.
    /// </remarks>
    public TimeSpan Handler { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an open mail transaction may go on after shutdown was asked for. Default 30 seconds.</summary>
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(30);

    internal void Validate()
    {
        foreach (var limit in (ReadOnlySpan<TimeSpan>)[Command, FirstCommand, BetweenMessages, ProxyHeader, Handshake, DataBlock, DataGrace, Discard, Write, Handler])
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(ShutdownGrace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(DataMinimumRate);
    }
}
