using System.Diagnostics;
using Mail.Security.Dane;
using Mail.Security.Dnssec;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>Plans the session with a submission server: TLS in any case, and a server proven by its TLSA records, or by a certificate for the name the operator gave.</summary>
/// <remarks>
/// The operator's word takes the place of SRV records; from the addresses on the rules are those of RFC 7673 §3.2 to §4.2. MTA-STS speaks of recipient domains and is not asked, and
/// "TLS-Required: No" waives nothing here.
/// </remarks>
internal sealed class SubmissionPlanner(TransportDefinition.Submission submission, TlsDemand demand)
{
    private DaneDecision? _dane;

    // RFC 8689 §4.2.1: what requires TLS is verified, whatever the transport is content with.
    private bool IsVerified => submission.Trust == SubmissionTrust.Verified || demand == TlsDemand.RequireTls;

    private TlsFloor Floor => IsVerified ? TlsFloor.Authenticate : TlsFloor.Encrypt;

    public async ValueTask<PlanStep> PlanAsync(IDnssecResolver resolver, PlanTools tools, CancellationToken cancellationToken)
    {
        var recorder = new LookupRecorder(resolver);
        switch (await HostAddresses.FindAsync(submission.Host, submission.Families, recorder, cancellationToken).ConfigureAwait(false))
        {
            case HostAddresses.None:
                return Skip(FailureTable.Of(PlanFault.RelayNoAddress, submission.Host.ToString()), recorder);
            case HostAddresses.Unknown(var failure):
                return Skip(FailureTable.Of(failure.Reason, failure.Error, failure.Detail), recorder);
            case HostAddresses.Found found:
                var choice = tools.Configured.Choose(submission.Host, found.Addresses);
                if (choice.Fault is { } fault)
                    return Skip(fault, recorder);
                // Whoever takes any certificate asks for none in particular.
                _dane = IsVerified ? await DecideDaneAsync(found, recorder, cancellationToken).ConfigureAwait(false) : null;
                // RFC 7673 §3.4: the server must not be connected to.
                if (_dane is DaneDecision.Defer defer)
                    return Skip(FailureTable.Of(defer), recorder);
                return submission.Dane == DaneRequirement.Always && _dane is not DaneDecision.Authenticate
                    ? Skip(FailureTable.Of(PlanFault.DaneRequired, submission.Host.ToString()), recorder)
                    : Try(choice, tools.Verifiers, recorder);
            default:
                throw new UnreachableException();
        }
    }

    private ValueTask<DaneDecision> DecideDaneAsync(HostAddresses.Found found, LookupRecorder recorder, CancellationToken cancellationToken) =>
        new DaneResolver(recorder).DecideAsync(new DaneTarget(submission.Host, (ushort)submission.EffectivePort, found.ExpandedHost, found.Security, []), cancellationToken);

    private PlanStep.TryHost Try(AddressChoice choice, VerifierFactory verifiers, LookupRecorder recorder) => new(new HostPlan
    {
        Host = submission.Host,
        Port = submission.EffectivePort,
        Addresses = choice.Addresses,
        Floor = Floor,
        Transport = submission,
        Sessions = [Session(verifiers)],
        Explanation = Explain("not tried yet", recorder) with { Floor = Floor },
    });

    private SessionPlan Session(VerifierFactory verifiers)
    {
        var tls = submission.Tls == SubmissionTls.Implicit ? TlsUse.Implicit : TlsUse.StartTls;
        // RFC 7673 §4.2; §4.1 where no record can be used: as if there were none.
        if (_dane is DaneDecision.Authenticate(var policy))
            return new SessionPlan(tls, policy.TlsaBase, verifiers.Dane(policy));
        var strict = verifiers.WebPki(submission.Host);
        return new SessionPlan(tls, submission.Host, IsVerified ? strict : new TolerantVerifier(strict));
    }

    private PlanStep.SkipHost Skip(DeliveryFailure why, LookupRecorder recorder) => new(why, Explain($"passed over: {why.Sentence}", recorder) with { Label = why.Label });

    private HostExplanation Explain(string result, LookupRecorder recorder) => new()
    {
        Host = submission.Host,
        Preference = 0,
        Lookups = recorder.Findings,
        Dane = DaneSentence.Of(_dane),
        DaneDecision = _dane,
        RequireTls = demand == TlsDemand.RequireTls ? "REQUIRETLS: an authenticated session and the keyword are needed" : "",
        Result = result,
    };
}
