namespace Mail.Security.Transports;

/// <summary>What the octets of a content may be: the forms a server can be sent.</summary>
public enum ContentForm : byte
{
    /// <summary>Lines of ASCII.</summary>
    SevenBit = 0,

    /// <summary>Lines of any octets but NUL, bare CR and bare LF (RFC 6152 §3).</summary>
    EightBit,
}
