namespace Mail.Security.Dnssec;

/// <summary>The certificate usage of a TLSA record (RFC 6698 §2.1.1); any other octet may occur and is kept.</summary>
public enum TlsaUsage : byte
{
    /// <summary>PKIX-TA(0): a certification authority the chain must pass, besides PKIX.</summary>
    PkixTa = 0,

    /// <summary>PKIX-EE(1): the end entity certificate, besides PKIX.</summary>
    PkixEe = 1,

    /// <summary>DANE-TA(2): a trust anchor, without the public roots.</summary>
    DaneTa = 2,

    /// <summary>DANE-EE(3): the end entity certificate or key, without PKIX.</summary>
    DaneEe = 3,
}
