using System.Diagnostics;
using System.Net;
using Mail.Security.Dane;
using Mail.Security.Dnssec;
using Mail.Security.MtaSts;
using Mail.Security.RequireTls;

namespace Mail.Security.Delivery;

/// <summary>Plans one host: may it be used at all, at which addresses, and under which protection.</summary>
internal sealed class HostPlanner(MxRecord host, NextHop.Found nextHop, MtaStsDecision.InForce? mtaSts, HostDemands demands, TransportDefinition transport)
{
    private readonly TlsDemand demand = demands.Sender;
    private DaneDecision? _dane;
    private string _requireTls = "";
    private string _addresses = "";

    /// <summary>Whether the host turned out to be this one: those that are no better are not to be tried either (RFC 5321 §5.1).</summary>
    public LoopEvidence Evidence { get; private set; }

    private bool IsEnforced => mtaSts is { Policy.Mode: MtaStsMode.Enforce };

    private bool IsNamed => mtaSts is not null && mtaSts.Policy.Matches(host.Exchange);

    // RFC 7672 §2.2.1; a domain that is its own host is no matter of MX security (RFC 7672 §2.2.2).
    private bool IsNamedInsecurely => nextHop.Source == HostSource.Mx && nextHop.Security != DnsSecurity.Secure;

    public async ValueTask<PlanStep> PlanAsync(IDnssecResolver resolver, PlanTools tools, DeliveryOptions options, CancellationToken cancellationToken)
    {
        var recorder = new LookupRecorder(resolver);
        if (CheckName() is { } fault)
            return Skip(fault, recorder);
        if (demands.Families is not { } families)
            return Skip(FailureTable.Of(PlanFault.AddressFamily, host.Exchange.ToString()), recorder);
        switch (await HostAddresses.FindAsync(host.Exchange, families, recorder, cancellationToken).ConfigureAwait(false))
        {
            case HostAddresses.None:
                return Skip(FailureTable.Of(Unreachable(families), host.Exchange.ToString()), recorder);
            case HostAddresses.Unknown(var failure):
                return Skip(FailureTable.Of(failure.Reason, failure.Error, failure.Detail), recorder);
            case HostAddresses.Found found:
                var choice = Choose(found, tools.AddressesOf(nextHop.Source));
                if (choice.Fault is { } unfit)
                    return Skip(unfit, recorder);
                var dane = await DecideDaneAsync(found, recorder, options, cancellationToken).ConfigureAwait(false);
                if (dane is DaneDecision.Defer defer && demand != TlsDemand.TlsRequiredNo)
                    return Skip(FailureTable.Of(defer), recorder);
                if (demands.Dane == DaneRequirement.Always && dane is not DaneDecision.Authenticate)
                    return Skip(FailureTable.Of(IsNamedInsecurely ? PlanFault.DaneInsecureMx : PlanFault.DaneRequired, host.Exchange.ToString()), recorder);
                return Try(choice.Addresses, new HostPolicy(dane, mtaSts, demand, demands.LeastTls), tools.Verifiers, recorder);
            default:
                throw new UnreachableException();
        }
    }

    private AddressChoice Choose(HostAddresses.Found found, AddressChooser chooser)
    {
        var choice = chooser.Choose(host.Exchange, found.Addresses);
        (_addresses, Evidence) = (choice.Note, choice.Evidence);
        return choice;
    }

    // What the host's name alone decides, before anything is asked about it.
    private DeliveryFailure? CheckName()
    {
        _requireTls = demand switch
        {
            TlsDemand.RequireTls => "REQUIRETLS: an authenticated session and the keyword are needed",
            TlsDemand.TlsRequiredNo => "TLS-Required: No: policies are followed where they hold, and never stop the message",
            _ => "",
        };
        // RFC 8461 §4.1, §5: enforce forbids the host; RFC 8689 §4.2.2 lets the sender forgo that.
        if (IsEnforced && !IsNamed && demand != TlsDemand.TlsRequiredNo)
            return FailureTable.Of(PlanFault.MtaStsMismatch, host.Exchange.ToString());
        if (demand != TlsDemand.RequireTls || RequireTlsGates.CheckServerName(Proof) is not { } refusal)
            return null;
        _requireTls = $"REQUIRETLS: {refusal.Refusal.Text}";
        return FailureTable.Of(refusal);
    }

    // What is missing on this side, or at a host that the operator named, is no fault of the recipient's.
    private PlanFault Unreachable(AddressFamilies families) => nextHop.Source == HostSource.Configured ? PlanFault.RelayNoAddress
        : families != AddressFamilies.Any ? PlanFault.AddressFamily
        : nextHop.Source == HostSource.Domain ? PlanFault.NoMailHost
        : PlanFault.NoAddress;

    // RFC 8689 §4.2.1, step 2
    private ServerNameProof Proof => nextHop.Source != HostSource.Mx ? ServerNameProof.NoMxLookup
        : nextHop.Security == DnsSecurity.Secure ? ServerNameProof.Dnssec
        : IsEnforced && IsNamed ? ServerNameProof.MtaSts
        : ServerNameProof.None;

    private async ValueTask<DaneDecision> DecideDaneAsync(HostAddresses.Found found, LookupRecorder recorder, DeliveryOptions options, CancellationToken cancellationToken)
    {
        DaneDecision decision;
        // RFC 7672 §2.2.1: where DANE is mandatory such a host must wait, whatever it proves. Whoever can forge the MX records can name a host of his own, with TLSA records of his own.
        if (IsNamedInsecurely && (options.InsecureMx == InsecureMxPolicy.Opportunistic || demands.Dane == DaneRequirement.Always))
        {
            decision = new DaneDecision.NotApplicable(DaneInapplicability.InsecureAddress, nextHop.Security == DnsSecurity.Insecure
                ? "the MX records are insecure"
                : "nothing is known of the security of the MX records");
        }
        else if (nextHop.Security == DnsSecurity.Secure && found.Security == DnsSecurity.Indeterminate)
        {
            // RFC 7672 §2.1.1: after a secure MX answer this is the loss of a trust we had, and may be somebody's doing.
            decision = new DaneDecision.Defer(DnsFailure.Unspecified, null, host.Exchange, "the security of the addresses cannot be told, and that of the MX records could");
        }
        else
        {
            var target = new DaneTarget(host.Exchange, (ushort)demands.Port, found.ExpandedHost, found.Security, nextHop.Names);
            decision = await new DaneResolver(recorder).DecideAsync(target, cancellationToken).ConfigureAwait(false);
        }
        _dane = decision;
        return decision;
    }

    private PlanStep.TryHost Try(IReadOnlyList<IPAddress> addresses, HostPolicy policy, VerifierFactory verifiers, LookupRecorder recorder) => new(new HostPlan
    {
        Host = host.Exchange,
        Port = demands.Port,
        Transport = transport,
        Addresses = addresses,
        Floor = policy.Floor,
        Sessions = policy.Sessions(host.Exchange, verifiers),
        Explanation = Explain("not tried yet", recorder) with { Floor = policy.Floor },
    });

    private PlanStep.SkipHost Skip(DeliveryFailure why, LookupRecorder recorder) => new(why, Explain($"passed over: {why.Sentence}", recorder) with { Label = why.Label });

    private HostExplanation Explain(string result, LookupRecorder recorder) => new()
    {
        Host = host.Exchange,
        Preference = host.Preference,
        Lookups = recorder.Findings,
        Addresses = _addresses,
        // RFC 7672 §2.2.1: what such a host proves must not be taken for a proof of the domain.
        Dane = DaneSentence.Of(_dane) + (IsNamedInsecurely && _dane is DaneDecision.Authenticate ? "; the MX records that name it are not secure, and it proves itself only" : ""),
        DaneDecision = _dane,
        MtaSts = DescribeMtaSts(),
        RequireTls = _requireTls,
        Result = result,
    };

    private string DescribeMtaSts()
    {
        if (mtaSts is null)
            return "";
        var mode = mtaSts.Policy.Mode.ToString().ToLowerInvariant();
        return IsNamed ? $"the policy in mode {mode} allows the host" : $"the policy in mode {mode} does not allow the host";
    }
}
