namespace Mail.Security.Dane;

/// <summary>Which certificate usages are honoured.</summary>
public enum DaneUsageProfile : byte
{
    /// <summary>DANE-TA(2) and DANE-EE(3) only: mail transfer. PKIX-TA(0) and PKIX-EE(1) are unusable there (RFC 7672 §3.1.3).</summary>
    Smtp = 0,

    /// <summary>All four usages, for applications that have a list of trusted roots (RFC 7671 §4 advises against new designs of this kind).</summary>
    Generic,
}
