using System.Net;

namespace Mail.Security.Dnssec;

/// <summary>A question by whose answer a server shows what it is good for, by the way answers get their security.</summary>
internal abstract record ServerCheck(Question Question)
{
    /// <summary>The check that fits a resolver's way.</summary>
    public static ServerCheck For(ResolverPath path, DnssecResolverOptions options) => path.Mode == DnssecMode.Validate ? new SignedKeys(KeysOf(options))
        : path.IsTrusted ? new AuthenticData(new(options.ProbeName, DnssecTypes.Ns))
        : new AnyAnswer(new(options.ProbeName, DnssecTypes.Ns));

    /// <summary>The question for the keys of the first trust anchor's zone, which must have signatures.</summary>
    public static Question KeysOf(DnssecResolverOptions options) => new(options.TrustAnchors[0].Zone, DnssecTypes.Dnskey);

    /// <summary>What a reply shows.</summary>
    public ServerProbe Judge(IPEndPoint server, Reply reply) => reply switch
    {
        Reply.Answered(var message) => Judge(server, message),
        Reply.Failed { IsTruncated: true } failed => new(server, ServerCapability.NoTcp, Said(failed)),
        Reply.Failed { Reason: DnsFailure.Timeout or DnsFailure.Network or DnsFailure.Mismatched } failed => new(server, ServerCapability.NoAnswer, Said(failed)),
        Reply.Failed failed => new(server, ServerCapability.Failing, Said(failed)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    protected abstract ServerProbe Judge(IPEndPoint server, DnsMessage message);

    private string Said(Reply.Failed failed) => $"{Question}: {failed.Detail}{(failed.Error is { } error ? $", {error}" : "")}";

    private string Zone => Question.Name.IsEmpty ? "." : Question.Name.Ascii;

    /// <summary>Answers are validated here: signatures must come through.</summary>
    private sealed record SignedKeys(Question Question) : ServerCheck(Question)
    {
        protected override ServerProbe Judge(IPEndPoint server, DnsMessage message) => UpstreamServer.HasSignedKeys(message)
            ? new(server, ServerCapability.Capable, $"it gives the keys of zone {Zone} with their signatures")
            : new(server, ServerCapability.StripsDnssec, $"it gives {(message.Answers.Any(static record => record.Type == DnssecTypes.Dnskey) ? $"the keys of zone {Zone} without signatures" : $"no keys of zone {Zone}")}");
    }

    /// <summary>The AD bit is believed: it must be set for records of a signed zone.</summary>
    private sealed record AuthenticData(Question Question) : ServerCheck(Question)
    {
        protected override ServerProbe Judge(IPEndPoint server, DnsMessage message) => message.IsAuthenticData
            ? new(server, ServerCapability.Capable, $"it calls {Question} authentic")
            : new(server, ServerCapability.NotValidating, $"it does not call {Question} authentic (AD): let it validate, or let answers be validated here");
    }

    /// <summary>Nothing of DNSSEC is believed: it must answer.</summary>
    private sealed record AnyAnswer(Question Question) : ServerCheck(Question)
    {
        protected override ServerProbe Judge(IPEndPoint server, DnsMessage message) => new(server, ServerCapability.Capable, $"it answers {Question}; its AD bit is not believed");
    }
}
