using Mail.Security;
using Mail.Security.Delivery;

namespace DaneCheck.Checking;

/// <summary>One place where mail can be submitted.</summary>
/// <param name="Domain">The domain it serves; the host itself where the host was given.</param>
/// <param name="Host">The host.</param>
/// <param name="Port">The port.</param>
/// <param name="Tls">How a session comes to TLS.</param>
/// <param name="Origin">Where the name comes from.</param>
/// <param name="Priority">The priority of the SRV record; 0 without one.</param>
internal sealed record SubmissionServer(DomainName Domain, DomainName Host, int Port, SubmissionTls Tls, SubmissionOrigin Origin, int Priority);
