namespace Mail.Security.Fuzz.Targets;

/// <summary>Every target, by name.</summary>
public static class FuzzTargets
{
    /// <summary>In the order in which they are listed and run.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("command", CommandTarget.Run) { MaxLength = 1536, BoundedRuns = 500 },
        new("reply", ReplyTarget.Run) { MaxLength = 2048 },
        new("ehlo", EhloTarget.Run) { MaxLength = 2048 },
        new("data", DataTarget.Run) { MaxLength = 1024 },
        new("bdat", BdatTarget.Run) { MaxLength = 1024 },
        new("session", SessionTarget.Run) { BoundedRuns = 250 },
        new("proxy", ProxyTarget.Run) { MaxLength = 4600, BoundedRuns = 250 },
        new("socks", SocksTarget.Run) { MaxLength = 1024 },
        new("xclient", XclientTarget.Run) { MaxLength = 2048, BoundedRuns = 250 },
        new("auth", AuthTarget.Run) { BoundedRuns = 250 },
        new("address", AddressTarget.Run) { MaxLength = 1024 },
        new("sasl-scram-server", ScramServerTarget.Run),
        new("sasl-scram-client", ScramClientTarget.Run),
        new("dns", DnsTarget.Run),
        new("ede", EdeTarget.Run),
        new("validator", ValidatorTarget.Run) { MaxLength = 256, BoundedRuns = 500 },
        new("tlsa", TlsaTarget.Run),
        new("mtasts", MtaStsTarget.Run),
        new("spf", SpfTarget.Run),
        new("dsn", DsnTarget.Run) { BoundedRuns = 250 },
    ];

    /// <summary>Finds a target; null when no target has that name.</summary>
    public static FuzzTarget? Find(string name) => All.FirstOrDefault(target => target.Name == name);
}
