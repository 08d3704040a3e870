namespace Mail.Security.MtaSts;

/// <summary>Why no policy could be fetched (RFC 8461 §3.3). None of them says that the domain has no policy, only that none can be had now.</summary>
public enum MtaStsFetchFailure : byte
{
    /// <summary>No reason was given, or nothing was fetched.</summary>
    Unspecified = 0,

    /// <summary>The addresses of the policy host could not be looked up.</summary>
    Dns,

    /// <summary>The policy host does not exist, or has no address.</summary>
    HostAbsent,

    /// <summary>No address of the policy host took the connection.</summary>
    Connect,

    /// <summary>The connection was lost, or what came over it is not TLS or not HTTP.</summary>
    Protocol,

    /// <summary>The certificate is not valid for the policy host, not in its time, or leads to no trusted root.</summary>
    Certificate,

    /// <summary>The policy was not complete when the time for the whole fetch was over.</summary>
    Timeout,

    /// <summary>The server answered with a redirect, which must not be followed.</summary>
    Redirect,

    /// <summary>The server answered that it has no policy: 404 or 410.</summary>
    NotFound,

    /// <summary>The server answered with another status than 200.</summary>
    Status,

    /// <summary>The body is not said to be text/plain.</summary>
    MediaType,

    /// <summary>The body is larger than the limit; no more of it was read.</summary>
    TooLarge,

    /// <summary>The body is not a policy.</summary>
    Policy,
}
