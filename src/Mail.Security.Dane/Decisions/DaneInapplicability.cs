namespace Mail.Security.Dane;

/// <summary>Why DANE does not apply to a server, so that opportunistic TLS is what remains (RFC 7672 §2.2).</summary>
public enum DaneInapplicability : byte
{
    /// <summary>The addresses are insecure, and the host is no alias in a signed zone: TLSA records were not looked for (RFC 7672 §2.2.2).</summary>
    InsecureAddress = 0,

    /// <summary>Nothing is known of the addresses' security: there is no trusted path to a validating resolver. TLSA records were not looked for.</summary>
    UnvalidatedAddress,

    /// <summary>There are TLSA records, but not secure ones (RFC 7672 §2.2).</summary>
    InsecureTlsa,

    /// <summary>There are no TLSA records at any base name.</summary>
    NoTlsaRecords,
}
