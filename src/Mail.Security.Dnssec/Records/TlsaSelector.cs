namespace Mail.Security.Dnssec;

/// <summary>Which part of a certificate a TLSA record speaks of (RFC 6698 §2.1.2); any other octet may occur and is kept.</summary>
public enum TlsaSelector : byte
{
    /// <summary>Cert(0): the whole certificate.</summary>
    Certificate = 0,

    /// <summary>SPKI(1): the subject public key info.</summary>
    PublicKey = 1,
}
