using Mail.Security.Delivery;

namespace DaneCheck.Checking;

/// <summary>How a host is come to, and what that changes of its plan.</summary>
/// <param name="Port">The port.</param>
/// <param name="Tls">How a session comes to TLS.</param>
/// <param name="Priority">The priority of its SRV record; null for the preference that the plan knows.</param>
internal sealed record HostWay(int Port, SubmissionTls Tls = SubmissionTls.StartTls, int? Priority = null)
{
    /// <summary>Changes the plan.</summary>
    public Func<HostPlan, HostPlan> Adapt { get; init; } = static plan => plan;

    /// <summary>Changes what is known of a host that is passed over.</summary>
    public Func<HostExplanation, HostExplanation> Explain { get; init; } = static explanation => explanation;
}
