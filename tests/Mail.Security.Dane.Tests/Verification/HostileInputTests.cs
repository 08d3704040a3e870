using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FsCheck;
using FsCheck.Xunit;
using Mail.Security.Dnssec;
using Mail.Security.Testing;
using static Mail.Security.Dane.Tests.TestVerdict;

namespace Mail.Security.Dane.Tests.Verification;

/// <summary>Octets of strangers: what a server sends and what a zone publishes may be anything.</summary>
public sealed class HostileInputTests : IDisposable
{
    private readonly TestCertificateAuthority _root = TestCertificateAuthority.CreateRoot(time: Clock);
    private readonly X509Certificate2 _leaf;

    public HostileInputTests() => _leaf = _root.Issue("mx.example.com");

    [Property(MaxTest = 300)]
    public void Verify_RandomRecords_NeverMatchAndNeverThrow((byte, byte, byte, byte[])[] records)
    {
        var policy = DanePolicy.Create(Host, 25, records.Select(one => new TlsaRecord((TlsaUsage)one.Item1, (TlsaSelector)one.Item2, (TlsaMatching)one.Item3, one.Item4)), profile: DaneUsageProfile.Generic);
        var verifier = new DaneVerifier(policy, DaneUsageProfile.Generic, Clock, [_root.Certificate]);
        Assert.IsType<PeerVerdict.Rejected>(verifier.Verify(new PeerCertificates([_leaf, _root.Certificate])));
    }

    [Property(MaxTest = 300)]
    public void Read_RandomOctets_AreNoCertificateAndNoKey(byte[] octets)
    {
        Assert.False(CertificateDer.TryGetPublicKeyInfo(octets, out _) && PathCertificate.TryRead(octets) is not null);
        Assert.Equal(KeyFitness.Unfit, PathKey.Read(octets, out _));
        Assert.False(TlsaMatch.Matches(Record(_leaf, 3, 1, 1), octets));
    }

    [Fact]
    public void Verify_MutatedLeaf_NeverPassesByAnchor()
    {
        var verifier = Verifier([Record(_root.Certificate, 2, 0, 1)]);
        var seen = 0;
        foreach (var mutated in Mutations(_leaf))
        {
            using (mutated)
            {
                seen++;
                var verdict = verifier.Verify(new PeerCertificates([mutated, _root.Certificate]));
                Assert.True(verdict is PeerVerdict.Rejected, $"{verdict}\n{Convert.ToHexString(_leaf.RawData)}\n{Convert.ToHexString(mutated.RawData)}");
            }
        }
        Assert.True(seen > 100, $"{seen} could be read");
    }

    [Fact]
    public void Verify_MutatedAnchor_NeverPassesByItsDigestAndOthersStillDo()
    {
        var verifier = Verifier([Record(_root.Certificate, 2, 0, 1)]);
        foreach (var mutated in Mutations(_root.Certificate))
        {
            using (mutated)
            {
                Assert.IsType<PeerVerdict.Rejected>(verifier.Verify(new PeerCertificates([_leaf, mutated])));
                Assert.IsType<PeerVerdict.Authenticated>(verifier.Verify(new PeerCertificates([_leaf, mutated, _root.Certificate])));
            }
        }
    }

    [Fact]
    public void Verify_MutatedPublishedAnchor_NeverThrows()
    {
        foreach (var selector in Enum.GetValues<TlsaSelector>())
        {
            var record = TlsaRecordMaker.FromCertificate(_root.Certificate, TlsaUsage.DaneTa, selector, TlsaMatching.Full);
            for (var at = 0; at < record.Data.Length; at++)
            {
                var data = record.Data.ToArray();
                data[at] ^= 0x04;
                Assert.NotNull(Verifier([record with { Data = data }]).Verify(new PeerCertificates([_leaf])));
            }
        }
    }

    public void Dispose()
    {
        _leaf.Dispose();
        _root.Dispose();
    }

    private static IEnumerable<X509Certificate2> Mutations(X509Certificate2 certificate)
    {
        for (var at = 0; at < certificate.RawData.Length; at++)
        {
            var octets = certificate.RawData;
            octets[at] ^= 0x02;
            X509Certificate2? mutated = null;
            try
            {
                mutated = X509CertificateLoader.LoadCertificate(octets);
            }
            catch (CryptographicException)
            {
                // what cannot be read cannot be presented
            }
            if (mutated is not null)
                yield return mutated;
        }
    }
}
