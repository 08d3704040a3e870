namespace Mail.Security.Transports;

/// <summary>Why a pool has no place.</summary>
public enum SmtpPoolLimit : byte
{
    /// <summary>The pool is disposed of.</summary>
    Closed = 0,

    /// <summary>All sessions with the host are in use (<see cref="SmtpSessionPoolOptions.MaxSessionsPerHost"/>).</summary>
    Host,

    /// <summary>All sessions are in use (<see cref="SmtpSessionPoolOptions.MaxSessions"/>).</summary>
    All,
}
