namespace Mail.Security.Transports;

/// <summary>What became of opening a session.</summary>
public abstract record SessionOpenResult
{
    private protected SessionOpenResult()
    {
    }

    /// <summary>The session is ready for its first transaction, under the TLS that was asked for.</summary>
    /// <param name="Session">The session; the receiver of this result owns it.</param>
    public sealed record Opened(SmtpClientSession Session) : SessionOpenResult;

    /// <summary>There is no session, and the connection is closed.</summary>
    /// <param name="Failure">Why.</param>
    public sealed record Failed(SessionFailure Failure) : SessionOpenResult;
}
