using Mail.Security.Smtp;

namespace Mail.Security.RequireTls;

/// <summary>Why a REQUIRETLS message must not go to a server.</summary>
/// <param name="Gate">The first gate that is shut.</param>
/// <param name="Refusal">
/// The outcome to report when no other server is left: 5.7.30 when the server does not announce REQUIRETLS, else 5.7.10
/// (RFC 8689 §4.2.1).
/// </param>
public sealed record RequireTlsRefusal(RequireTlsGate Gate, SmtpRefusal Refusal);
