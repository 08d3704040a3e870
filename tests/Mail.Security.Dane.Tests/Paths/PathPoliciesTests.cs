using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FsCheck.Xunit;
using Org.BouncyCastle.Pkix;

namespace Mail.Security.Dane.Tests.Paths;

/// <summary>Certificate policies, by hand and against the library's tree of them.</summary>
[Trait("rfc", "5280#6.1.3")]
public sealed class PathPoliciesTests : IDisposable
{
    private const string Any = "2.5.29.32.0";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>What one certificate below the anchor says of policies; numbers name policies, 0 being any.</summary>
    public sealed record Link
    {
        public int[]? Policies { get; init; }

        public (int From, int To)[] Mappings { get; init; } = [];

        public int? RequireExplicit { get; init; }

        public int? InhibitMapping { get; init; }

        public int? InhibitAny { get; init; }

        public bool IsSelfIssued { get; init; }
    }

    /// <summary>The same in octets, as a property makes them.</summary>
    public sealed record Draft(byte Policies, byte[] Mappings, byte RequireExplicit, byte InhibitMapping, byte InhibitAny, byte SelfIssued)
    {
        public Link Link => new()
        {
            Policies = Policies % 9 == 8 ? null : [.. Enumerable.Range(0, 4).Where(number => ((Policies >> number) & 1) != 0)],
            Mappings = [.. Mappings.Take(4).Select(static one => (1 + one % 3, 1 + one / 3 % 3))],
            RequireExplicit = Optional(RequireExplicit), InhibitMapping = Optional(InhibitMapping), InhibitAny = Optional(InhibitAny), IsSelfIssued = SelfIssued % 5 == 0,
        };

        private static int? Optional(byte value) => value % 6 < 3 ? value % 6 : null;
    }

    [Fact]
    public void Check_WrittenCases_AsTheSectionSays()
    {
        Assert.True(IsGood(new Link(), new Link()));
        Assert.False(IsGood(new Link { RequireExplicit = 0 }, new Link()));
        Assert.True(IsGood(new Link { RequireExplicit = 0, Policies = [1] }, new Link { Policies = [1] }));
        Assert.False(IsGood(new Link { RequireExplicit = 0, Policies = [1] }, new Link { Policies = [2] }));
        Assert.True(IsGood(new Link { RequireExplicit = 0, Policies = [0] }, new Link { Policies = [2] }));
        Assert.True(IsGood(new Link { RequireExplicit = 0, Policies = [1] }, new Link { Policies = [0] }));
        Assert.False(IsGood(new Link { RequireExplicit = 0, Policies = [1], InhibitAny = 0 }, new Link { Policies = [0] }));
        Assert.True(IsGood(new Link { RequireExplicit = 0, Policies = [1], Mappings = [(1, 2)] }, new Link { Policies = [2] }));
        Assert.False(IsGood(new Link { RequireExplicit = 0, Policies = [1], Mappings = [(1, 2)] }, new Link { Policies = [1] }));
        Assert.False(IsGood(new Link { InhibitMapping = 0, Policies = [1] }, new Link { RequireExplicit = 0, Policies = [1], Mappings = [(1, 2)] }, new Link { Policies = [2] }));
        Assert.True(IsGood(new Link { RequireExplicit = 2, Policies = [1] }, new Link()));
        Assert.False(IsGood(new Link(), new Link { RequireExplicit = 0 }));
        Assert.False(IsGood(new Link { Mappings = [(0, 1)] }, new Link()));
    }

    [Property(MaxTest = 500)]
    public void Check_RandomPolicies_AsTheTreeOfThem(Draft[] drafts)
    {
        // RFC 5280 §6.1.5 (a) counts the last certificate whoever issued it; the library has the rule of before, under which one that is self-issued does not count.
        Link[] links = [.. drafts.Take(4).Select(static draft => draft.Link)];
        var path = Path([.. links.SkipLast(1), .. links.TakeLast(1).Select(static last => last with { IsSelfIssued = false })]);
        if (path.Certificates.Count < 2)
            return;
        var fault = PathPolicies.Check(path);
        Assert.True(IsGoodByTree(path) == fault is null, string.Join('\n', drafts.Take(4).Select(static draft => $"{draft.Link} [{string.Join(' ', draft.Link.Policies ?? [])}] [{string.Join(' ', draft.Link.Mappings)}]")));
    }

    [Fact]
    public void Check_MappingsThatMultiply_AreOneSet()
    {
        // Each of ten policies becomes each of them, at every depth: a tree would have ten to the eighth leaves.
        var each = Enumerable.Range(1, 10).ToArray();
        var link = new Link { RequireExplicit = 0, Policies = each, Mappings = [.. from one in each from two in each select (one, two)] };
        Assert.True(IsGood([.. Enumerable.Repeat(link, 8), new Link { Policies = [10] }]));
        Assert.False(IsGood([.. Enumerable.Repeat(link, 8), new Link { Policies = [11] }]));
    }

    [Theory]
    [InlineData(DaneLimits.Names, true)]
    [InlineData(DaneLimits.Names + 1, false)]
    public void Check_Policies_UpToTheirLimit(int count, bool isGood)
    {
        int[] policies = [.. Enumerable.Range(1, count)];
        var path = Path(new Link { Policies = policies }, new Link { Policies = policies });
        Assert.Equal(isGood, new PathRules(TestVerdict.Now.UtcDateTime, [TestVerdict.Host], new PathBudget()).Check(path, out _)?.Reason == PeerRejection.NameMismatch);
    }

    public void Dispose() => _key.Dispose();

    private bool IsGood(params Link[] links) => PathPolicies.Check(Path(links)) is null;

    private static bool IsGoodByTree(CertificatePath path)
    {
        var anchor = path.Certificates[^1].Parsed;
        var parameters = new PkixParameters(new HashSet<TrustAnchor> { new(anchor.SubjectDN, anchor.GetPublicKey(), null) }) { IsRevocationEnabled = false, Date = TestVerdict.Now.UtcDateTime };
        try
        {
            new PkixCertPathValidator().Validate(new PkixCertPath([.. path.Certificates.SkipLast(1).Select(static one => one.Parsed)]), parameters);
            return true;
        }
        catch (PkixCertPathValidatorException)
        {
            return false;
        }
    }

    private CertificatePath Path(params Link[] links)
    {
        var certificates = new List<PathCertificate> { Make("CN=0", "CN=0", new Link()) };
        foreach (var link in links)
        {
            var issuer = certificates[0].Parsed.SubjectDN.ToString();
            certificates.Insert(0, Make(link.IsSelfIssued ? issuer : $"CN={certificates.Count}", issuer, link));
        }
        return new(certificates, new PathAnchor(certificates[^1], null, null));
    }

    private PathCertificate Make(string subject, string issuer, Link link)
    {
        var request = new CertificateRequest(subject, _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        if (link.Policies is { Length: > 0 } policies)
            request.CertificateExtensions.Add(Extension("2.5.29.32", writer => Each(writer, policies, one => writer.WriteObjectIdentifier(Oid(one)))));
        if (link.Mappings.Length > 0)
        {
            request.CertificateExtensions.Add(Extension("2.5.29.33", writer => Each(writer, link.Mappings, one =>
            {
                writer.WriteObjectIdentifier(Oid(one.From));
                writer.WriteObjectIdentifier(Oid(one.To));
            })));
        }
        if (link.RequireExplicit is not null || link.InhibitMapping is not null)
        {
            request.CertificateExtensions.Add(Extension("2.5.29.36", writer =>
            {
                if (link.RequireExplicit is { } required)
                    writer.WriteInteger(required, new Asn1Tag(TagClass.ContextSpecific, 0));
                if (link.InhibitMapping is { } inhibited)
                    writer.WriteInteger(inhibited, new Asn1Tag(TagClass.ContextSpecific, 1));
            }));
        }
        if (link.InhibitAny is { } any)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            writer.WriteInteger(any);
            request.CertificateExtensions.Add(new("2.5.29.54", writer.Encode(), critical: true));
        }
        using var made = request.Create(new X500DistinguishedName(issuer), X509SignatureGenerator.CreateForECDsa(_key), TestVerdict.Now.AddDays(-1), TestVerdict.Now.AddDays(1), [1]);
        return PathCertificate.TryRead(made.RawData)!;
    }

    private static X509Extension Extension(string oid, Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
            write(writer);
        return new(oid, writer.Encode(), critical: true);
    }

    private static void Each<T>(AsnWriter writer, IEnumerable<T> values, Action<T> write)
    {
        foreach (var value in values)
        {
            using (writer.PushSequence())
                write(value);
        }
    }

    private static string Oid(int number) => number == 0 ? Any : $"1.2.3.{number}";
}
