namespace Mail.Security.SmtpServer;

/// <summary>Whether mail is taken from a client that did not log in.</summary>
public enum AuthenticationRequirement : byte
{
    /// <summary>A client may log in; what it may do without is the handler's to say.</summary>
    Optional,

    /// <summary>MAIL, RCPT, DATA, BDAT, VRFY and EXPN are answered 530 5.7.0 until the client has logged in (RFC 4954 §6).</summary>
    Required,
}
