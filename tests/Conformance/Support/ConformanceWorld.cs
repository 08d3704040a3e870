using Mail.Security.Dnssec;
using Mail.Security.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Conformance;

/// <summary>The zones every table asks about: the root, test, z.test and what is below it, signed at run time.</summary>
public sealed class ConformanceWorld : IAsyncDisposable
{
    public const string At = "192.0.2.1";

    public ConformanceWorld(ConformanceCase row)
    {
        ArgumentNullException.ThrowIfNull(row);
        Time = new FakeTimeProvider(row.Now ?? new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
        Server = new SignedDnsServer(row.Root, Time);
        Test = Server.AddZone("test").Add("a.test", DnsRecordType.A, At);
        Zone = Server.AddZone("z.test", row.Zone);
        Child = Server.AddZone("child.z.test").Add("a.child.z.test", DnsRecordType.A, At).Add("child.z.test", DnsRecordType.Mx, "10 a.child.z.test");
        Server.AddZone("insec.z.test", new SignedZoneOptions { Delegation = SignedZoneDelegation.Unsigned }).Add("a.insec.z.test", DnsRecordType.A, At);
        Server.AddZone("island.z.test", new SignedZoneOptions { Delegation = SignedZoneDelegation.WithoutDs }).Add("a.island.z.test", DnsRecordType.A, At);
        Insecure = Server.AddZone("insec.test", new SignedZoneOptions { Delegation = SignedZoneDelegation.Unsigned }).Add("a.insec.test", DnsRecordType.A, At);
        Held = Server.AddZone("held.insec.test", new SignedZoneOptions { Delegation = SignedZoneDelegation.WithoutDs }).Add("www.held.insec.test", DnsRecordType.A, At);
        Zone.Add("z.test", DnsRecordType.Mx, "10 a.z.test").Add("z.test", DnsRecordType.Mx, "20 b.z.test").Add("z.test", DnsRecordType.Txt, "hello")
            .Add("a.z.test", DnsRecordType.A, At).Add("a.z.test", DnsRecordType.A, "192.0.2.2").Add("a.z.test", DnsRecordType.A, "192.0.2.10")
            .Add("b.z.test", DnsRecordType.A, At)
            .Add("alias.z.test", DnsRecordType.Cname, "a.z.test").Add("away.z.test", DnsRecordType.Cname, "a.insec.test").Add("up.z.test", DnsRecordType.Cname, "a.test")
            .Add("dangling.z.test", DnsRecordType.Cname, "nosuch.z.test").Add("empty.z.test", DnsRecordType.Cname, "b.z.test")
            .Add("*.wild.z.test", DnsRecordType.A, At).Add("x.wild.z.test", DnsRecordType.Txt, "no wildcard here")
            .Add("*.wildalias.z.test", DnsRecordType.Cname, "a.z.test")
            .Add("deep.ent.z.test", DnsRecordType.A, At)
            .Add("ren.z.test", DnsRecordType.Dname, "t.z.test").Add("x.t.z.test", DnsRecordType.A, At).Add("far.z.test", DnsRecordType.Dname, "insec.test")
            .Add("_25._tcp.a.z.test", DnsRecordType.Tlsa, "3 1 1 " + new string('0', 64));
        row.Arrange?.Invoke(this);
    }

    public FakeTimeProvider Time { get; }

    public SignedDnsServer Server { get; }

    public SignedZone Test { get; }

    public SignedZone Zone { get; }

    public SignedZone Child { get; }

    public SignedZone Insecure { get; }

    /// <summary>Signed, below an unsigned zone.</summary>
    public SignedZone Held { get; }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Departs in the answers to one question: name and type.</summary>
    public void On(string ask, params SignedAnswerFault[] faults) => Server.Depart(ask.Split(' ')[0], TypeOf(ask), faults);

    public static DnsRecordType TypeOf(string ask) => Enum.Parse<DnsRecordType>(ask.Split(' ')[1], ignoreCase: true);

    /// <summary>The settings of a resolver that asks here.</summary>
    public DnssecResolverOptions OptionsOf(ConformanceCase row)
    {
        var options = new DnssecResolverOptions { Servers = [Server.EndPoint], Mode = DnssecMode.Validate, TrustAnchors = Server.TrustAnchors };
        row.Settings?.Invoke(options, this);
        return options;
    }

    /// <summary>Asks our resolver.</summary>
    public async Task<ConformanceAnswer> AskAsync(ConformanceCase row, CancellationToken cancellationToken)
    {
        using var resolver = new DnssecResolver(OptionsOf(row), Time);
        return await AskAsync(resolver, row.Ask, cancellationToken);
    }

    /// <summary>Asks a resolver of ours.</summary>
    public static async Task<ConformanceAnswer> AskAsync(DnssecResolver resolver, string ask, CancellationToken cancellationToken)
    {
        var name = NameOf(ask);
        return TypeOf(ask) switch
        {
            // The root has no hosts and no mail: only what a zone has is asked of it by name.
            var type and not (DnsRecordType.Dnskey or DnsRecordType.Soa or DnsRecordType.Ns) when name.IsEmpty => ConformanceAnswer.Of(await resolver.GetRawAsync(name, (ushort)type, cancellationToken)),
            DnsRecordType.A => ConformanceAnswer.Of(await resolver.GetAAsync(name, cancellationToken)),
            DnsRecordType.Aaaa => ConformanceAnswer.Of(await resolver.GetAaaaAsync(name, cancellationToken)),
            DnsRecordType.Mx => ConformanceAnswer.Of(await resolver.GetMxAsync(name, cancellationToken)),
            DnsRecordType.Txt => ConformanceAnswer.Of(await resolver.GetTxtAsync(name, cancellationToken)),
            DnsRecordType.Cname => ConformanceAnswer.Of(await resolver.GetCnameAsync(name, cancellationToken)),
            DnsRecordType.Tlsa => ConformanceAnswer.Of(await resolver.GetTlsaAsync(name, cancellationToken)),
            DnsRecordType.Ds => ConformanceAnswer.Of(await resolver.GetDsAsync(name, cancellationToken)),
            DnsRecordType.Dnskey => ConformanceAnswer.Of(await resolver.GetDnskeyAsync(name, cancellationToken)),
            DnsRecordType.Soa => ConformanceAnswer.Of(await resolver.GetSoaAsync(name, cancellationToken)),
            DnsRecordType.Ns => ConformanceAnswer.Of(await resolver.GetNsAsync(name, cancellationToken)),
            DnsRecordType.Srv => ConformanceAnswer.Of(await resolver.GetSrvAsync(name, cancellationToken)),
            DnsRecordType.Ptr => ConformanceAnswer.Of(await resolver.GetPtrAsync(name, cancellationToken)),
            var other => ConformanceAnswer.Of(await resolver.GetRawAsync(name, (ushort)other, cancellationToken)),
        };
    }

    /// <summary>The name in a question: "." is the root, and an asterisk before a name is that of a wildcard.</summary>
    public static DomainName NameOf(string ask) => ask.Split(' ')[0] switch
    {
        "." => default,
        ['*', '.', .. var below] => DomainName.ParseLax(below).Prepend("*"),
        var name => DomainName.ParseLax(name),
    };
}
