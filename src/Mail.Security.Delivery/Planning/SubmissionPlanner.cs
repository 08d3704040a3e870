using System.Diagnostics;
using Mail.Security.Dnssec;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>Plans the session with a submission server: TLS in any case, and a certificate for the name the operator gave.</summary>
/// <remarks>DANE for mail speaks of ports where mail is relayed, and MTA-STS of recipient domains: neither is asked. "TLS-Required: No" waives nothing here.</remarks>
internal sealed class SubmissionPlanner(TransportDefinition.Submission submission, TlsDemand demand)
{
    // RFC 8689 §4.2.1: what requires TLS is verified, whatever the transport is content with.
    private bool IsVerified => submission.Trust == SubmissionTrust.Verified || demand == TlsDemand.RequireTls;

    private TlsFloor Floor => IsVerified ? TlsFloor.Authenticate : TlsFloor.Encrypt;

    public async ValueTask<PlanStep> PlanAsync(IDnssecResolver resolver, PlanTools tools, CancellationToken cancellationToken)
    {
        var recorder = new LookupRecorder(resolver);
        return await HostAddresses.FindAsync(submission.Host, submission.Families, recorder, cancellationToken).ConfigureAwait(false) switch
        {
            HostAddresses.None => Skip(FailureTable.Of(PlanFault.RelayNoAddress, submission.Host.ToString()), recorder),
            HostAddresses.Unknown(var failure) => Skip(FailureTable.Of(failure.Reason, failure.Error, failure.Detail), recorder),
            HostAddresses.Found found when tools.Configured.Choose(submission.Host, found.Addresses) is var choice => choice.Fault is { } fault ? Skip(fault, recorder) : Try(choice, tools.Verifiers, recorder),
            _ => throw new UnreachableException(),
        };
    }

    private PlanStep.TryHost Try(AddressChoice choice, VerifierFactory verifiers, LookupRecorder recorder) => new(new HostPlan
    {
        Host = submission.Host,
        Port = submission.EffectivePort,
        Addresses = choice.Addresses,
        Floor = Floor,
        Transport = submission,
        Sessions = [new(submission.Tls == SubmissionTls.Implicit ? TlsUse.Implicit : TlsUse.StartTls, submission.Host, Verifier(verifiers.WebPki(submission.Host)))],
        Explanation = Explain("not tried yet", recorder) with { Floor = Floor },
    });

    private PeerVerifier Verifier(PeerVerifier strict) => IsVerified ? strict : new TolerantVerifier(strict);

    private PlanStep.SkipHost Skip(DeliveryFailure why, LookupRecorder recorder) => new(why, Explain($"passed over: {why.Sentence}", recorder));

    private HostExplanation Explain(string result, LookupRecorder recorder) => new()
    {
        Host = submission.Host,
        Preference = 0,
        Lookups = recorder.Findings,
        RequireTls = demand == TlsDemand.RequireTls ? "REQUIRETLS: an authenticated session and the keyword are needed" : "",
        Result = result,
    };
}
