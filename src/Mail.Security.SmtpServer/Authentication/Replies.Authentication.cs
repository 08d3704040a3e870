using Mail.Security.Sasl;

namespace Mail.Security.SmtpServer;

// The replies to AUTH (RFC 4954 §4, §6).
internal static partial class Replies
{
    public static readonly ServerReply Authenticated = new(235, new(2, 7, 0), "Authentication succeeded");
    public static readonly ServerReply AuthSyntax = new(501, new(5, 5, 4), "Syntax: AUTH mechanism [initial-response]");
    public static readonly ServerReply AuthNeedsEhlo = new(503, new(5, 5, 1), "AUTH is for sessions that began with EHLO");
    public static readonly ServerReply AuthInsideTransaction = new(503, new(5, 5, 1), "No AUTH within a mail transaction");
    public static readonly ServerReply AuthAlready = new(503, new(5, 5, 1), "Already authenticated");
    public static readonly ServerReply AuthRequired = new(530, new(5, 7, 0), "Authentication required");
    public static readonly ServerReply AuthCancelled = new(501, new(5, 0, 0), "Authentication cancelled");
    public static readonly ServerReply BadBase64 = new(501, new(5, 5, 2), "Cannot decode the response: not base64");
    public static readonly ServerReply AuthLineTooLong = new(500, new(5, 5, 6), "Authentication exchange line is too long");
    public static readonly ServerReply UnexpectedInitialResponse = new(501, new(5, 7, 0), "In this mechanism the server speaks first: no initial response");
    public static readonly ServerReply BadCredentials = new(535, new(5, 7, 8), "Authentication credentials invalid");
    public static readonly ServerReply AuthUnavailable = new(454, new(4, 7, 0), "Temporary authentication failure");
    public static readonly ServerReply TooManyFailedLogins = new(421, new(4, 7, 0), "Too many failed logins, closing the connection");
    public static readonly ServerReply BadSubmitter = new(501, new(5, 5, 4), "AUTH must be a mailbox or <>, as xtext");

    // RFC 4954 §4 has 504 for what needs encryption too; it keeps 538 for history only (§6).
    public static readonly ServerReply MechanismNotOffered = new(504, new(5, 5, 4), "Mechanism not offered here; see EHLO, under TLS it may offer more");

    /// <summary>
    /// The reply to a login that failed. It tells no more than that it did: the reasons of SCRAM (RFC 5802 §7) stay here, for SMTP has no
    /// place for data of a failure, and RFC 5802 §5.1 makes that message optional.
    /// </summary>
    public static ServerReply For(SaslFailure failure) => failure switch
    {
        SaslFailure.MessageTooLong => AuthLineTooLong,
        SaslFailure.UnexpectedInitialResponse => UnexpectedInitialResponse,
        SaslFailure.Unavailable => AuthUnavailable,
        _ => BadCredentials,
    };
}
