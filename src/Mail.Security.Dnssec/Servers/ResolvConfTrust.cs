namespace Mail.Security.Dnssec;

/// <summary>Whether a resolv.conf vouches for the AD bit of its servers.</summary>
internal enum ResolvConfTrust : byte
{
    Unsaid,
    TrustAd,
}
