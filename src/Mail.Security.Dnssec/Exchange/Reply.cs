namespace Mail.Security.Dnssec;

/// <summary>What came of asking one server, or all of them: a NOERROR or NXDOMAIN message that is ours, or a failure.</summary>
internal abstract record Reply
{
    internal sealed record Answered(DnsMessage Message) : Reply
    {
        /// <summary>The server that answered, put there by it.</summary>
        public UpstreamServer? From { get; set; }
    }

    /// <param name="Reason">What went wrong.</param>
    /// <param name="Error">What the server said of it.</param>
    /// <param name="Detail">The server and what happened, without the question.</param>
    internal sealed record Failed(DnsFailure Reason, ExtendedDnsError? Error, string Detail) : Reply
    {
        /// <summary>True when an answer came over UDP that was truncated, and none over TCP.</summary>
        public bool IsTruncated { get; init; }
    }
}
