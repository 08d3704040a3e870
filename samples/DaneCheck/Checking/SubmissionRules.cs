using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dane;
using Mail.Security.Delivery;
using Mail.Security.Transports;

namespace DaneCheck.Checking;

/// <summary>What changes of a plan for a server that SRV records name, and not the operator (RFC 7673 §3, §4).</summary>
internal sealed class SubmissionRules(SubmissionServer server, X509Certificate2Collection? roots)
{
    /// <summary>What the planner is asked for.</summary>
    public TransportDefinition.Submission Transport => new()
    {
        Host = server.Host,
        Port = server.Port,
        Tls = server.Tls,
        // RFC 7673 §3.1: behind insecure SRV records no TLSA record has a say, and the planner asks for none where any certificate will do. Which will do is put in its place below.
        Trust = server.Origin == SubmissionOrigin.InsecureService ? SubmissionTrust.DangerouslyUnverified : SubmissionTrust.Verified,
    };

    /// <summary>The plan by which the server is checked.</summary>
    public HostPlan Adapt(HostPlan plan) => (server.Origin, plan.Explanation.DaneDecision) switch
    {
        (SubmissionOrigin.Given, _) => plan,
        (SubmissionOrigin.SecureService, DaneDecision.Authenticate(var policy)) => ByDane(plan, policy),
        (SubmissionOrigin.SecureService, _) => By(plan, new EitherVerifier(new WebPkiVerifier(server.Domain, roots), new WebPkiVerifier(server.Host, roots))),
        _ => By(plan, new WebPkiVerifier(server.Domain, roots)) with { Explanation = Explain(plan.Explanation) },
    };

    /// <summary>What is said of DANE behind insecure SRV records.</summary>
    public HostExplanation Explain(HostExplanation explanation)
    {
        if (server.Origin != SubmissionOrigin.InsecureService)
            return explanation;
        const string Why = "the SRV records are not secure";
        return explanation with { DaneDecision = new DaneDecision.NotApplicable(DaneInapplicability.InsecureAddress, Why), Dane = $"not applicable: {Why}; the certificate must name {server.Domain}" };
    }

    // RFC 7673 §6: where names count the certificate has the domain's or the host's.
    private HostPlan ByDane(HostPlan plan, DanePolicy policy)
    {
        var both = DanePolicy.Create(policy.TlsaBase, (ushort)server.Port, policy.Usable.Concat(policy.Unusable), policy.ReferenceNames.Append(server.Domain));
        return plan with { Sessions = [plan.Sessions[0] with { Verifier = new DaneVerifier(both) }], Explanation = plan.Explanation with { DaneDecision = new DaneDecision.Authenticate(both) } };
    }

    // RFC 7673 §4.1: the domain is the name that is announced.
    private HostPlan By(HostPlan plan, Mail.Security.PeerVerifier verifier) =>
        plan with { Floor = TlsFloor.Authenticate, Sessions = [plan.Sessions[0] with { ServerName = server.Domain, Verifier = verifier }] };
}
