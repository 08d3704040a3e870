using System.Net;
using FsCheck;
using FsCheck.Xunit;
using Mail.Security.Testing;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Dnssec.Tests.Servers;

/// <summary>Servers that go wrong in any way at any question: beside one that does not, the truth comes out; without one nothing comes out that is less secure than it.</summary>
public sealed class FailOverProperties : ResolverTest
{
    private static readonly string[] Asks = ["a.z.test", "nosuch.z.test", "alias.z.test", "a.plain.test", "nosuch.plain.test", "a.test", "z.test"];

    private static readonly (string Name, DnsRecordType Type)[] Steps =
    [
        (".", DnsRecordType.Dnskey), ("test", DnsRecordType.Ds), ("test", DnsRecordType.Dnskey), ("z.test", DnsRecordType.Ds), ("z.test", DnsRecordType.Dnskey), ("plain.test", DnsRecordType.Ds),
        (".", DnsRecordType.Tlsa), .. Asks.Select(static name => (name, DnsRecordType.A)),
    ];

    private static readonly SignedAnswerFault[] Faults =
    [
        new MissingSignatures(), new MissingRecords(DnsRecordType.Nsec), new MissingRecords(DnsRecordType.Dnskey), new MissingRecords(DnsRecordType.Ds), new MissingRecords(DnsRecordType.A), new Stripped(),
        new CorruptSignatures(), new CorruptSignatures(DnsRecordType.Nsec), new Resigned(SignatureChange.Expired(TimeSpan.FromDays(1))), new DenialOf("b.z.test", DnsRecordType.Txt), new DenialOf("plain.test", DnsRecordType.Ds),
        new AnswerOf("b.z.test", DnsRecordType.A), new AnswerOf("a.plain.test", DnsRecordType.A), new AnswerOf("nosuch.z.test", DnsRecordType.A), new AnswerOf("plain.test", DnsRecordType.Ds),
        new Rewritten(static _ => new(2, [], [])), new Rewritten(static _ => new(0, [], [])), new Rewritten(static _ => new(3, [], [])), new Rewritten(static answer => answer with { Authority = [] }),
        new Rewritten(static answer => answer.Select(static record => record.Type == DnsRecordType.A ? record with { Data = (byte[])[6, 6, 6, 6] } : record)),
    ];

    private readonly SignedWorld _honest;
    private readonly SignedWorld _one;
    private readonly SignedWorld _other;

    public FailOverProperties()
    {
        _honest = new(Time);
        (_one, _other) = (new(Time, _honest), new(Time, _honest));
    }

    [Property(MaxTest = 200)]
    public async Task Get_BesideAnHonestServer_TheTruth(byte ask, byte step, byte fault, byte secondStep, byte secondFault)
    {
        var (name, truth) = await ArrangeAsync(ask, (_one, step, fault), (_one, secondStep, secondFault));
        // Who is asked first may say what it likes of a name that nobody signed.
        if (truth.Security != DnsSecurity.Secure)
            Assert.Equal(truth.Security, (await AskAsync(name, _one, _honest)).Security);
        else
            Assert.Equal(truth, await AskAsync(name, _one, _honest));
    }

    [Property(MaxTest = 200)]
    public async Task Get_TwoServersThatGoWrong_TheTruthOrNothing(byte ask, byte step, byte fault, byte secondStep, byte secondFault)
    {
        var (name, truth) = await ArrangeAsync(ask, (_one, step, fault), (_other, secondStep, secondFault));
        var told = await AskAsync(name, _one, _other);
        if (told.Security is { } security)
            Assert.True(truth.Security == DnsSecurity.Secure ? told == truth : security == truth.Security, $"{name}: {told} in place of {truth}");
    }

    protected override async ValueTask DisposeMoreAsync()
    {
        await _honest.DisposeAsync();
        await _one.DisposeAsync();
        await _other.DisposeAsync();
    }

    private async Task<(string Name, (DnsSecurity? Security, string Text) Truth)> ArrangeAsync(byte ask, params (SignedWorld World, byte Step, byte Fault)[] faults)
    {
        foreach (var (world, _, _) in faults)
        {
            foreach (var (owner, type) in Steps)
                world.Server.Depart(owner, type);
        }
        foreach (var (world, step, fault) in faults)
            world.Server.Depart(Steps[step % Steps.Length].Name, Steps[step % Steps.Length].Type, Faults[fault % Faults.Length]);
        var name = Asks[ask % Asks.Length];
        return (name, await AskAsync(name, _honest));
    }

    private async Task<(DnsSecurity? Security, string Text)> AskAsync(string name, params SignedWorld[] worlds)
    {
        using var resolver = new DnssecResolver(
            new DnssecResolverOptions { Servers = [.. worlds.Select(static world => world.EndPoint)], Mode = DnssecMode.Validate, TrustAnchors = _honest.Server.TrustAnchors, Attempts = 1 }, Time);
        return await resolver.GetAAsync(Name(name), Ct) switch
        {
            DnsAnswer<IPAddress>.Found found => (found.Security, string.Join(' ', found.Records)),
            DnsAnswer<IPAddress>.Absent absent => (absent.Security, absent.Kind.ToString()),
            _ => (null, "nothing"),
        };
    }
}
