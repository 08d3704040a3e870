namespace Mail.Security.SmtpServer;

/// <summary>Who a client has proven to be.</summary>
/// <param name="Identity">Whose credentials they were (the authentication identity), as prepared.</param>
/// <param name="AuthorizationIdentity">Whom the client acts as; the same unless it asked for another and may.</param>
/// <param name="Mechanism">The mechanism, as on the wire; <see cref="Xclient"/> when a trusted proxy told.</param>
public sealed record SmtpAuthentication(string Identity, string AuthorizationIdentity, string Mechanism)
{
    /// <summary>The "mechanism" of a login that a trusted proxy told by XCLIENT.</summary>
    public const string Xclient = "XCLIENT";
}
