using System.Net;
using Mail.Security.Conformance;
using Mail.Security.Dnssec;

namespace Interop.Tests;

/// <summary>Zones that nobody thought of: every question about them has the same verdict from our resolver and from unbound.</summary>
public sealed class RandomZoneTests(ITestOutputHelper output) : IDisposable
{
    private static readonly IPEndPoint Listen = IPEndPoint.Parse("127.0.62.100:5331");
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly string _folder = Directory.CreateTempSubdirectory("mail-security-random-").FullName;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12), 24, 29, 252, 262, 294, 383];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Seeds)), Trait("rfc", "4035#5.4"), Trait("rfc", "5155#8")]
    public async Task Ask_EveryNameOfAZone_AsUnboundSays(int seed)
    {
        Assert.SkipWhen(UnboundConformance.WhyNot is not null, UnboundConformance.WhyNot ?? "");
        var row = new ConformanceCase("", "", "", "");
        await using var world = new ConformanceWorld(row);
        var zone = new RandomZone(world, seed);
        using var ours = new DnssecResolver(world.OptionsOf(row), world.Time);
        await using var theirs = await UnboundOracle.StartAsync(_folder, Listen, row, world, Ct);
        var (differences, verdicts) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal));

        foreach (var ask in zone.Questions)
        {
            var (we, they) = (await ConformanceWorld.AskAsync(ours, ask, Ct), await theirs.AskAsync(ask, Ct));
            verdicts.Add(they.Verdict);
            if (Exception(zone, ask, we, they.Verdict) is { } reason)
                output.WriteLine($"{ask}: we say {we.Verdict}, unbound {they.Verdict}: {reason}");
            else if (UnboundOracle.Comparable(we.Verdict) != they.Verdict)
                differences.Add($"{ask}: we say {we.Verdict} ({we.Sentence}; {we.Chain}), unbound {they.Verdict} ({they.Reason})");
        }

        Assert.True(differences.Count == 0, $"{string.Join('\n', differences.Take(20))}\n{differences.Count} differ in zone {seed}: {zone}");
        Assert.True(verdicts.Count >= 3, $"a zone with answers of several kinds, not only {string.Join(", ", verdicts)}");
    }

    private static string? Exception(RandomZone zone, string ask, ConformanceAnswer ours, string theirs)
    {
        var steps = ours.Chain.Split("; ");
        var end = steps[^1].Split(' ')[0];
        return (ours.Verdict, theirs) switch
        {
            ("Secure NoData", "Secure NoName" or "Bogus") when zone.IsOfAnEmptyWildcard(end) => "RFC 4592 §4.9: a wildcard that is an empty non-terminal is taken for none",
            ("Insecure NoName" or "Insecure NoData", "Bogus") when zone.IsBelowAHiddenName(end) => "RFC 5155 §9.2: what lies in a gap with opt-out may be delegated, so that ours asks for no proof that the wildcard is not there",
            ("Insecure NoName" or "Insecure NoData", "Bogus") when steps.Any(static step => step.Contains(" CNAME", StringComparison.Ordinal)) && steps[^2].EndsWith('-') =>
                "RFC 4035 §4.3: the target of the alias is in an unsigned zone; the proof for the wildcard that made the alias is taken for one of that zone",
            _ => null,
        };
    }
}
