using System.Security.Cryptography;
using FsCheck;
using FsCheck.Xunit;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Mail.Security.Dane.Tests.Records;

[Trait("rfc", "6698#4.1")]
public sealed class TlsaUsabilityTests
{
    [Fact]
    public void Judge_EveryCombination_FollowsTheRules()
    {
        using var root = TestCertificateAuthority.CreateRoot();
        var certificate = root.Certificate.RawData;
        var key = root.Certificate.PublicKey.ExportSubjectPublicKeyInfo();
        (string Name, byte[] Data)[] data =
        [
            ("certificate", certificate), ("key", key), ("certificate and more", [.. certificate, 0]), ("key and more", [.. key, 0]),
            ("cut certificate", certificate[..^1]), ("cut key", key[..^1]), ("32", new byte[32]), ("64", new byte[64]), ("48", new byte[48]),
            ("31", new byte[31]), ("33", new byte[33]), ("65", new byte[65]), ("none", []),
            ("PEM", System.Text.Encoding.ASCII.GetBytes(root.Certificate.ExportCertificatePem())),
        ];
        byte[] numbers = [0, 1, 2, 3, 4, 128, 255];
        var seen = 0;
        var wrong = new List<string>();
        foreach (var profile in Enum.GetValues<DaneUsageProfile>())
        foreach (var usage in numbers)
        foreach (var selector in numbers)
        foreach (var matching in numbers)
        foreach (var (name, octets) in data)
        {
            var expected = Expect(usage, selector, matching, name, octets.Length, profile);
            var judged = TlsaUsability.Judge(new TlsaRecord((TlsaUsage)usage, (TlsaSelector)selector, (TlsaMatching)matching, octets), profile);
            seen++;
            if (judged != expected)
                wrong.Add($"{profile} {usage} {selector} {matching} with {name}: {judged}, expected {expected}");
        }
        Assert.Empty(wrong);
        Assert.Equal(2 * 7 * 7 * 7 * data.Length, seen);
    }

    [Property(MaxTest = 500)]
    public void Judge_RandomFullData_IsUnreadableAndNeverThrows(byte[] data, bool certificate)
    {
        var record = new TlsaRecord(TlsaUsage.DaneTa, certificate ? TlsaSelector.Certificate : TlsaSelector.PublicKey, TlsaMatching.Full, data);
        Assert.Equal(TlsaUnusability.UnreadableData, TlsaUsability.Judge(record));
    }

    [Fact]
    public void Judge_MutatedFullData_NeverThrows()
    {
        using var root = TestCertificateAuthority.CreateRoot();
        foreach (var (selector, content) in new[]
        {
            (TlsaSelector.Certificate, root.Certificate.RawData), (TlsaSelector.PublicKey, root.Certificate.PublicKey.ExportSubjectPublicKeyInfo()),
        })
        {
            for (var at = 0; at < content.Length; at++)
            {
                foreach (var octet in new byte[] { 0x00, 0x80, 0xFF, (byte)(content[at] ^ 0x01) })
                {
                    byte[] mutated = [.. content];
                    mutated[at] = octet;
                    var judged = TlsaUsability.Judge(new TlsaRecord(TlsaUsage.DaneTa, selector, TlsaMatching.Full, mutated));
                    Assert.Contains(judged, new[] { TlsaUnusability.None, TlsaUnusability.UnreadableData, TlsaUnusability.UnfitKey, TlsaUnusability.OverLimit });
                }
            }
        }
    }

    [Theory]
    [InlineData(TestKeyType.Rsa1024Weak, TlsaUsage.DaneTa, TlsaUnusability.UnfitKey)]
    [InlineData(TestKeyType.Rsa1024Weak, TlsaUsage.DaneEe, TlsaUnusability.None)]       // the record vouches for that very key
    [InlineData(TestKeyType.Rsa2048, TlsaUsage.DaneTa, TlsaUnusability.None)]
    [InlineData(TestKeyType.EcdsaP384, TlsaUsage.DaneTa, TlsaUnusability.None)]
    public void Judge_AnchorInFullWithWeakKey_IsUnfit(TestKeyType type, TlsaUsage usage, TlsaUnusability expected)
    {
        using var root = TestCertificateAuthority.CreateRoot(new() { KeyType = type });
        foreach (var selector in Enum.GetValues<TlsaSelector>())
        {
            Assert.Equal(expected, TlsaUsability.Judge(TlsaRecordMaker.FromCertificate(root.Certificate, usage, selector, TlsaMatching.Full)));
            Assert.Equal(TlsaUnusability.None, TlsaUsability.Judge(TlsaRecordMaker.FromCertificate(root.Certificate, usage, selector)));
        }
    }

    [Fact]
    public void Judge_AnchorInFullOfUnknownKind_IsUnfit()
    {
        using var dsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var info = dsa.ExportSubjectPublicKeyInfo();
        var at = info.AsSpan().IndexOf(new byte[] { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01 });    // ecPublicKey
        info[at + 6] = 0x7F;
        Assert.Equal(TlsaUnusability.UnfitKey, TlsaUsability.Judge(TlsaRecordMaker.FromPublicKeyInfo(info, TlsaUsage.DaneTa, TlsaMatching.Full)));
    }

    private static TlsaUnusability Expect(byte usage, byte selector, byte matching, string data, int length, DaneUsageProfile profile)
    {
        if (usage > 3)
            return TlsaUnusability.UnknownUsage;
        if (usage < 2 && profile == DaneUsageProfile.Smtp)
            return TlsaUnusability.PkixUsage;
        if (selector > 1)
            return TlsaUnusability.UnknownSelector;
        if (matching > 2)
            return TlsaUnusability.UnknownMatching;
        if (matching > 0)
            return length == 32 * matching ? TlsaUnusability.None : TlsaUnusability.WrongDigestLength;
        return data == (selector == 0 ? "certificate" : "key") ? TlsaUnusability.None : TlsaUnusability.UnreadableData;
    }
}
