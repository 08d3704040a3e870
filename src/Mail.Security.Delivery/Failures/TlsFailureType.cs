namespace Mail.Security.Delivery;

/// <summary>How a failure is counted in TLS reports (RFC 8460 §4.3).</summary>
public enum TlsFailureType : byte
{
    /// <summary>Not a failure of TLS or its policies: it is not reported.</summary>
    None = 0,

    /// <summary>"starttls-not-supported": the host does not offer STARTTLS.</summary>
    StartTlsNotSupported,

    /// <summary>"certificate-host-mismatch": the certificate has another name.</summary>
    CertificateHostMismatch,

    /// <summary>"certificate-expired": a certificate of the chain is no longer valid.</summary>
    CertificateExpired,

    /// <summary>"certificate-not-trusted": no chain to a trusted issuer.</summary>
    CertificateNotTrusted,

    /// <summary>"validation-failure": anything else, told apart by its reason code.</summary>
    ValidationFailure,

    /// <summary>"tlsa-invalid": no TLSA record matches, or they could not be had.</summary>
    TlsaInvalid,

    /// <summary>"dnssec-invalid": the resolver returned no valid records.</summary>
    DnssecInvalid,

    /// <summary>"dane-required": DANE is mandatory and there are no secure records.</summary>
    DaneRequired,

    /// <summary>"sts-policy-fetch-error": the policy could not be fetched.</summary>
    StsPolicyFetchError,

    /// <summary>"sts-policy-invalid": the policy is not valid.</summary>
    StsPolicyInvalid,

    /// <summary>"sts-webpki-invalid": the policy host could not be verified.</summary>
    StsWebPkiInvalid,
}
