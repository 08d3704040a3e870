using Mail.Security;
using Mail.Security.Dnssec;

namespace Interop.Tests;

/// <summary>Our verdict and unbound's on the same zones, name by name and type by type: they must agree.</summary>
public sealed class VerdictTests(VerdictWorld world, ITestOutputHelper output) : IClassFixture<VerdictWorld>
{
    private static readonly string[] Hosts =
    [
        "", "mx.", "nope.", "x.nope.", "x.mx.", "a.wild.", "b.c.wild.", "wild.", "here.wild.", "x.here.wild.", "q.wildmx.", "q.wildalias.", "alias.", "out.", "over.", "dangling.", "x.sub.d.", "y.x.sub.d.", "nope.sub.d.",
        "sub.d.", "d.", "a.b.c.ent.", "b.c.ent.", "x.c.ent.", "ent.", "host.", "_25._tcp.mx.", "_tcp.mx.", "_25._tcp.nope.", "insec.", "x.insec.", "nope.insec.", "safe.", "x.safe.", "nope.safe.",
    ];

    public static TheoryData<string> Zones => [.. VerdictZones.Signed.Keys.Concat(VerdictZones.Wrong).Concat(VerdictZones.Insecure)];

    [Theory, MemberData(nameof(Zones)), Trait("rfc", "4035#5"), Trait("rfc", "5155#8")]
    public async Task Answer_OfZone_AsUnboundSays(string zone)
    {
        Assert.SkipWhen(VerdictWorld.WhyNot is not null, VerdictWorld.WhyNot ?? "");
        var (differences, verdicts) = (new List<string>(), new List<string>());
        foreach (var host in Hosts)
        {
            var name = DomainName.ParseLax($"{host}{zone}.test");
            await CompareAsync(name, "MX", static (resolver, asked, token) => resolver.GetMxAsync(asked, token), differences, verdicts);
            await CompareAsync(name, "A", static (resolver, asked, token) => resolver.GetAAsync(asked, token), differences, verdicts);
            await CompareAsync(name, "TXT", static (resolver, asked, token) => resolver.GetTxtAsync(asked, token), differences, verdicts);
            await CompareAsync(name, "CNAME", static (resolver, asked, token) => resolver.GetCnameAsync(asked, token), differences, verdicts);
            await CompareAsync(name, "TLSA", static (resolver, asked, token) => resolver.GetTlsaAsync(asked, token), differences, verdicts);
            await CompareAsync(name, "DS", static (resolver, asked, token) => resolver.GetDsAsync(asked, token), differences, verdicts);
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        // A world that is down would agree with everybody.
        Assert.Contains(verdicts, verdict => verdict.StartsWith(VerdictZones.Signed.ContainsKey(zone) ? "Found Secure" : VerdictZones.Insecure.Contains(zone) ? "Found Insecure" : "Failed", StringComparison.Ordinal));
    }

    private async Task CompareAsync<T>(DomainName name, string type, Func<IDnssecResolver, DomainName, CancellationToken, ValueTask<DnsAnswer<T>>> ask, List<string> differences, List<string> verdicts)
    {
        var (ours, theirs) = (await ask(world.Ours, name, TestContext.Current.CancellationToken), await ask(world.Theirs, name, TestContext.Current.CancellationToken));
        verdicts.Add(Tell(ours));
        var excepted = KnownExceptions.Find(name, type, Tell(ours), Tell(theirs));
        if (excepted is (true, var reason))
            output.WriteLine($"excepted: {name} {type}: ours {Tell(ours)}, unbound {Tell(theirs)}: {reason}");
        else if (Tell(ours) != Tell(theirs) || excepted is not null)
            differences.Add($"{name} {type}: ours {Tell(ours)} ({Why(ours)}); unbound {Tell(theirs)} ({Why(theirs)}); {string.Join(" / ", ours.Chain)}{(excepted is null ? "" : "; the exception does not hold: " + excepted.Value.Reason)}");
    }

    private static string Tell<T>(DnsAnswer<T> answer) => answer switch
    {
        DnsAnswer<T>.Found found => $"Found {found.Security} {found.Records.Count} {string.Join('>', found.Aliases.Select(static hop => hop.Target.Ascii))}",
        DnsAnswer<T>.Absent absent => $"{absent.Kind} {absent.Security}",
        _ => "Failed",
    };

    private static string Why<T>(DnsAnswer<T> answer) => answer is DnsAnswer<T>.Failed failed ? $"{failed.Reason}, {failed.Error}, {failed.Detail}" : answer.Note?.ToString() ?? "";
}
