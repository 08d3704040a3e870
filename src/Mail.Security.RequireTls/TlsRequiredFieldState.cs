namespace Mail.Security.RequireTls;

/// <summary>What the header section says with TLS-Required (RFC 8689 §3).</summary>
public enum TlsRequiredFieldState : byte
{
    /// <summary>There is no such field.</summary>
    Absent = 0,

    /// <summary>There is one, with the value "No".</summary>
    No = 1,

    /// <summary>
    /// There is one with another value, or more than one, or the header section is longer than
    /// <see cref="TlsRequiredScanner.MaxHeaderLength"/>: it changes nothing, so that doubt does not lower the protection of a message.
    /// </summary>
    Invalid = 2,
}
