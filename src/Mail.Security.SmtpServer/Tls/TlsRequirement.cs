namespace Mail.Security.SmtpServer;

/// <summary>Whether mail is taken over a channel that is not encrypted.</summary>
public enum TlsRequirement : byte
{
    /// <summary>TLS is offered and a client may do without it, as a public MX must allow (RFC 3207 §4).</summary>
    Optional,

    /// <summary>In clear only NOOP, EHLO, STARTTLS and QUIT are served; anything else is answered 530 5.7.0 (RFC 3207 §4).</summary>
    Required,
}
