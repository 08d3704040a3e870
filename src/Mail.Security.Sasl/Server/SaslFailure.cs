namespace Mail.Security.Sasl;

/// <summary>Why a server refuses an authentication, named by what the protocol around it answers.</summary>
public enum SaslFailure : byte
{
    /// <summary>No such user, no credential for the mechanism, a wrong password or a wrong proof: one reason on purpose. In SMTP 535 5.7.8 (RFC 4954 §6).</summary>
    InvalidCredentials = 0,

    /// <summary>A message breaks the grammar of the mechanism.</summary>
    Malformed,

    /// <summary>A message is longer than <see cref="SaslLimits.MaxMessageLength"/>. In SMTP 500 5.5.6 (RFC 4954 §4).</summary>
    MessageTooLong,

    /// <summary>A name is not UTF-8, or holds what no name may hold, or is empty.</summary>
    InvalidEncoding,

    /// <summary>The user is who they say, and may not act as the authorization identity they asked for.</summary>
    NotAuthorized,

    /// <summary>The client is bound to another channel than this one: somebody sits between.</summary>
    ChannelBindingMismatch,

    /// <summary>The client believes that no -PLUS mechanism was offered, and one was: somebody changed the list (RFC 5802 §6).</summary>
    ChannelBindingDowngrade,

    /// <summary>The client binds by a type that this channel does not have.</summary>
    ChannelBindingUnsupported,

    /// <summary>The client demands an extension; none is known (RFC 5802 §5.1).</summary>
    ExtensionNotSupported,

    /// <summary>An initial response came with a mechanism in which the server speaks first. In SMTP 501 5.7.0 (RFC 4954 §4).</summary>
    UnexpectedInitialResponse,

    /// <summary>The store cannot say just now; the client may be right. In SMTP 454 4.7.0 (RFC 4954 §6).</summary>
    Unavailable,
}
