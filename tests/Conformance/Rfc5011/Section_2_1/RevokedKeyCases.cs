using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Conformance.UnboundVerdict;

namespace Mail.Security.Conformance;

/// <summary>A revoked key proves nothing but its own end.</summary>
internal static class RevokedKeyCases
{
    private static readonly Other Lenient = new("Secure Found", "RFC 5011 §2.1: a key with the REVOKE bit is used for nothing but to see that it was revoked. unbound looks at the bit of keys that it follows by RFC 5011, and not of others");

    private static readonly ConformanceCase[] Rows =
    [
        new("a revoked key beside good ones", "a.z.test A", "Secure Found", Z + "a.z.test A+", w => w.Zone.AddKey(DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256, 257 | DnssecTestKey.RevokedFlag), DnssecKeyUse.KeysUnnamed)),
        new("the only key DS names is revoked", "a.z.test A", "Bogus 9: no key of zone z.test", ".+; test+; z.test!", w => w.Zone.RemoveKeys(static one => one.Use == DnssecKeyUse.Keys)
            .AddKey(DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256, 257 | DnssecTestKey.RevokedFlag), DnssecKeyUse.Keys)) { Unbound = Lenient },
        new("the key that signs records is revoked", "a.z.test A", "Bogus 9: has no key", Z + "a.z.test!", w => w.Zone.RemoveKeys(static one => one.Use == DnssecKeyUse.Records)
            .AddKey(DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256, 256 | DnssecTestKey.RevokedFlag), DnssecKeyUse.Records)) { Unbound = Lenient },
        new("one of two keys DS names is revoked", "a.z.test A", "Secure Found", Z + "a.z.test A+", w => w.Zone.AddKey(DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256, 257 | DnssecTestKey.RevokedFlag), DnssecKeyUse.Keys)),
        new("the key of a trust anchor is revoked", "a.z.test A", "Bogus 9: trust anchor", ".!", w => w.Server.Root.RemoveKeys(static one => one.Use == DnssecKeyUse.Keys)
            .AddKey(DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256, 257 | DnssecTestKey.RevokedFlag), DnssecKeyUse.Keys)) { Unbound = Lenient },
    ];

    public static ConformanceTable Table { get; } = new("RFC 5011 §2.1", "revoked keys", Rows);
}
