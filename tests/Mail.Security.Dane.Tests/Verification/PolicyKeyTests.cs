using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dnssec;
using Mail.Security.Testing;
using static Mail.Security.Dane.Tests.TestVerdict;

namespace Mail.Security.Dane.Tests.Verification;

public sealed class PolicyKeyTests : IDisposable
{
    private static readonly DomainName[] Names = [.. new[] { "mx.example.com", "mx.example.net", "example.com", "a.example" }.Select(DomainName.Parse)];
    private readonly X509Certificate2 _one = TestCertificateAuthority.CreateSelfSigned(new(), Clock);
    private readonly X509Certificate2 _two = TestCertificateAuthority.CreateSelfSigned(new(), Clock);

    /// <summary>A policy in numbers, so that it can be made twice.</summary>
    public sealed record Draft(byte Base, byte Port, byte[] MoreNames, byte[] Records, DaneUsageProfile Profile);

    [Property(MaxTest = 400)]
    public void PolicyKey_TwoPolicies_AreEqualExactlyWhenTheyVerifyEqually(Draft left, Draft right)
    {
        Assert.Equal(Make(left).PolicyKey, Make(left).PolicyKey);
        Assert.Equal(Meaning(left) == Meaning(right), Make(left).PolicyKey == Make(right).PolicyKey);
    }

    [Fact]
    public void PolicyKey_OneThingChanged_Differs()
    {
        var record = Record(_one, 3, 1, 1);
        string[] keys =
        [
            Key([record]), Key([Record(_two, 3, 1, 1)]), Key([Record(_one, 3, 0, 1)]), Key([Record(_one, 3, 1, 2)]), Key([Record(_one, 3, 1, 0)]), Key([Record(_one, 2, 1, 1)]),
            Key([record, Record(_two, 3, 1, 1)]), Key([]), Key([record], port: 26), Key([record], name: "mx.example.net"),
            Key([Record(_one, 2, 1, 1)], more: "example.com"), Key([record, Record(_one, 2, 1, 1)]), Key([record, Record(_one, 2, 1, 1)], more: "example.com"),
            Key([record, Record(_one, 0, 1, 1)], profile: DaneUsageProfile.Generic),
            Key([record, Record(_one, 0, 1, 1)], profile: DaneUsageProfile.Generic, roots: [_one]),
            Key([record, Record(_one, 0, 1, 1)], profile: DaneUsageProfile.Generic, roots: [_two]),
        ];
        Assert.Distinct(keys);
    }

    [Fact]
    [Trait("rfc", "7672#3.1.1")]
    public void PolicyKey_OnlyEndEntityRecords_DomainsOfOneExchangerShareIt()
    {
        var record = Record(_one, 3, 1, 1);
        Assert.Equal(Key([record]), Key([record], more: "example.com"));
        Assert.Equal(Key([record], more: "example.com"), Key([record, Record(_two, 0, 1, 1)], more: "a.example"));
    }

    [Fact]
    public void PolicyKey_OrderAndRepetition_DoNotMatter()
    {
        TlsaRecord[] records = [Record(_one, 3, 1, 1), Record(_two, 3, 1, 1), Record(_one, 2, 0, 0)];
        Assert.Equal(Key(records), Key([.. records.Reverse(), records[0]]));
        Assert.Equal(Key(records), Key([.. records, Record(_one, 0, 1, 1), Record(_two, 3, 1, 1) with { Data = new byte[5] }]));       // unusable ones verify nothing
        Assert.Equal(
            Key([Record(_one, 0, 1, 1)], profile: DaneUsageProfile.Generic, roots: [_one, _two]),
            Key([Record(_one, 0, 1, 1)], profile: DaneUsageProfile.Generic, roots: [_two, _one, _two]));
    }

    [Fact]
    public void PolicyKey_ManyRecords_StaysShortAndTellsThemApart()
    {
        var many = Enumerable.Range(0, 500).Select(static number => new TlsaRecord(TlsaUsage.DaneEe, TlsaSelector.PublicKey, TlsaMatching.Sha512, SHA512.HashData(BitConverter.GetBytes(number)))).ToArray();
        var key = Key(many);
        Assert.True(key.Length < 200, key);
        Assert.Equal(key, Key([.. many.Reverse(), many[7]]));
        Assert.Distinct([key, Key(many[1..]), Key([.. many[1..], Record(_one, 3, 1, 2)]), Key([.. many, Record(_one, 2, 1, 2)])]);
    }

    [Fact]
    public void PolicyKey_FullData_StaysShort()
    {
        var key = Key([Record(_one, 2, 0, 0)]);
        Assert.True(key.Length < 200, key);
        Assert.DoesNotContain(key, char.IsControl);
    }

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
    }

    private DaneVerifier Make(Draft draft) => new(
        DanePolicy.Create(Names[draft.Base % 4], (ushort)(25 + draft.Port % 2), Records(draft), draft.MoreNames.Select(one => Names[one % 4]), draft.Profile), draft.Profile, Clock);

    private IEnumerable<TlsaRecord> Records(Draft draft) =>
        draft.Records.Select(one => Record((one & 32) == 0 ? _one : _two, one % 4, one / 4 % 2, one / 8 % 3));

    // Written down again: base and port, the set of names in order where names are checked, and the records that are left in use.
    private string Meaning(Draft draft)
    {
        var records = Records(draft).Where(record => record.Usage >= TlsaUsage.DaneTa || draft.Profile == DaneUsageProfile.Generic).ToHashSet();
        records.RemoveWhere(record => record.Matching == TlsaMatching.Sha256
            && records.Any(other => (other.Usage, other.Selector, other.Matching) == (record.Usage, record.Selector, TlsaMatching.Sha512)));
        var checksNames = records.Any(record => record.Usage != TlsaUsage.DaneEe);
        var names = checksNames ? draft.MoreNames.Select(one => one % 4).Prepend(draft.Base % 4).Distinct() : [];
        return $"{draft.Base % 4} {draft.Port % 2} {string.Join(',', names)} {string.Join(',', records.Select(record => record.ToString()).Order())}";
    }

    private static string Key(
        TlsaRecord[] records, string name = "mx.example.com", ushort port = 25, string? more = null, DaneUsageProfile profile = DaneUsageProfile.Smtp,
        X509Certificate2Collection? roots = null) =>
        new DaneVerifier(
            DanePolicy.Create(DomainName.Parse(name), port, records, more is null ? null : [DomainName.Parse(more)], profile), profile, Clock, roots).PolicyKey;
}
