namespace Mail.Security.Delivery;

/// <summary>How a session with a submission server comes to TLS; it never goes without.</summary>
public enum SubmissionTls : byte
{
    /// <summary>STARTTLS, required; port 587 (RFC 6409 §3.1).</summary>
    StartTls = 0,

    /// <summary>From the first octet; port 465 (RFC 8314 §3.3).</summary>
    Implicit,
}
