namespace Mail.Security.Smtp;

/// <summary>What is done about a CR or an LF in content that stands alone. RFC 5321 §2.3.8 forbids both; no policy lets one through, and neither ever ends a message.</summary>
public enum BareLineEndPolicy : byte
{
    /// <summary>The message is refused when its true end was read. The default.</summary>
    Refuse = 0,

    /// <summary>Each becomes CRLF (<see cref="LineEndNormaliser"/>), for senders that end their lines as their system does.</summary>
    Normalise = 1,
}
