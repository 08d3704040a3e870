using System.Net;
using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>A question by whose answer a server shows what it is good for, by the way answers get their security.</summary>
internal abstract record ServerCheck(Question Question)
{
    /// <summary>The checks that fit a resolver's way, each of use only where those before it were passed.</summary>
    public static IReadOnlyList<ServerCheck> For(ResolverPath path, DnssecResolverOptions options) => path.Mode == DnssecMode.Validate ? Passing(ZoneOf(options.TrustAnchors))
        : path.IsTrusted ? [new AuthenticData(new(options.ProbeName, DnssecTypes.Ns))]
        : [new AnyAnswer(new(options.ProbeName, DnssecTypes.Ns))];

    // A zone that everybody knows; a private one only the servers inside do.
    private static DomainName ZoneOf(IReadOnlyList<TrustAnchor> anchors) => anchors.Any(static anchor => anchor.Zone.IsEmpty) ? default : anchors[0].Zone;

    /// <summary>Whether DNSSEC records are passed on: those of a zone that must have them, because a trust anchor says that it is signed.</summary>
    /// <remarks>
    /// Its keys must have signatures. A server that does not know a zone below the root shows as much where it proves that there is none, and where it proves nothing shows nothing. Of a type that is not there the zone must give NSEC or NSEC3 records, which every absence in a signed zone has (RFC 4035 §3.1.3.1,
    /// RFC 5155 §7.2.3). TLSA records stand at names with a port, never where a zone begins; and a server that cannot be asked for them is of no use to DANE.
    /// </remarks>
    public static IReadOnlyList<ServerCheck> Passing(DomainName zone) => [new SignedKeys(new(zone, DnssecTypes.Dnskey)), new ProvenAbsence(new(zone, ResourceRecordType.TLSA))];

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
        protected override ServerProbe Judge(IPEndPoint server, DnsMessage message)
        {
            if (DnssecRecords.Has(message.Answers, DnssecTypes.Dnskey))
            {
                return DnssecRecords.Has(message.Answers, DnssecTypes.Rrsig)
                    ? new(server, ServerCapability.Capable, $"it gives the keys of zone {Zone} with their signatures")
                    : new(server, ServerCapability.StripsDnssec, $"it gives the keys of zone {Zone} without signatures");
            }
            return Question.Name.IsEmpty ? new(server, ServerCapability.StripsDnssec, $"it gives no keys of zone {Zone}")
                : DnssecRecords.HasDenial(message) && DnssecRecords.HasSignatures(message) ? new(server, ServerCapability.Capable, $"it says with signatures that zone {Zone} has no keys")
                : new(server, ServerCapability.Failing, $"it gives no keys of zone {Zone}, and no proof that there are none");
        }
    }

    /// <summary>Answers are validated here: what proves an absence must come through.</summary>
    private sealed record ProvenAbsence(Question Question) : ServerCheck(Question)
    {
        // A zone that has such records after all shows nothing of absences.
        protected override ServerProbe Judge(IPEndPoint server, DnsMessage message) => DnssecRecords.HasDenial(message) || DnssecRecords.Has(message.Answers, Question.Type)
            ? new(server, ServerCapability.Capable, "NSEC or NSEC3 records with what it denies")
            : new(server, ServerCapability.StripsDnssec, $"it says that {Zone} has no {DnssecTypes.Name(Question.Type)} records, without the NSEC or NSEC3 records that prove it");
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
