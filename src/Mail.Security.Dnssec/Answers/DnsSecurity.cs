namespace Mail.Security.Dnssec;

/// <summary>What is known about the authenticity of an answer (RFC 4035 §4.3).</summary>
/// <remarks>
/// The zero value is the least knowledge. There is no "bogus" here: bogus data is never handed out, it is a
/// <see cref="DnsFailure.Bogus"/>.
/// </remarks>
public enum DnsSecurity : byte
{
    /// <summary>Nothing is known: no trusted path to a validating resolver. Treat as insecure, and say so in reports.</summary>
    Indeterminate,

    /// <summary>A trusted resolver did not call the answer authentic: unsigned, or below an insecure delegation.</summary>
    Insecure,

    /// <summary>Validated: every RRset used, every alias on the way and every denial in it.</summary>
    Secure,
}
