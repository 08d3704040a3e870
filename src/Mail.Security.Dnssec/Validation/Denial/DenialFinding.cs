namespace Mail.Security.Dnssec;

/// <summary>What records of denial prove of one question.</summary>
/// <param name="Proof">What is proven.</param>
/// <param name="Security">How far; insecure where an insecure delegation may hide in the gap (RFC 5155 §9.2) or the hashes cost too much (RFC 9276 §3.2).</param>
/// <param name="Note">The extended error that explains an insecure result, if there is one.</param>
internal readonly record struct DenialFinding(DenialProof Proof, DnsSecurity Security, ExtendedDnsError? Note = null)
{
    public static DenialFinding None => default;

    public static DenialFinding Secure(DenialProof proof) => new(proof, DnsSecurity.Secure);

    public static DenialFinding Insecure(DenialProof proof, ExtendedDnsError? note = null) => new(proof, DnsSecurity.Insecure, note);
}

/// <summary>In which way something is proven not to exist.</summary>
internal enum DenialProof : byte
{
    None,
    NoData,
    NoName,

    /// <summary>The name itself does not exist, so that a wildcard may answer for it.</summary>
    WildcardMayAnswer,
}
