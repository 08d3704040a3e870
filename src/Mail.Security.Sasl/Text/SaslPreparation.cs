namespace Mail.Security.Sasl;

/// <summary>How names and passwords are prepared, so that the same characters typed on two machines are the same octets.</summary>
public enum SaslPreparation : byte
{
    /// <summary>
    /// The OpaqueString profile of PRECIS (RFC 8265 §4.2): other spaces become SPACE, then NFC. Control characters, private, unassigned and invisible
    /// characters are refused, the zero-width joiners among them. The contextual rules for a few punctuation marks and digits are not applied.
    /// </summary>
    OpaqueString = 0,

    /// <summary>
    /// SASLprep (RFC 4013 §2), what RFC 5802 §2.2 asks for: NFKC, so that U+00BD becomes "1⁄2". Letters stand for the table of left-to-right characters
    /// in the bidirectional check, and Unicode is the version of this runtime, not 3.2.
    /// </summary>
    SaslPrep,

    /// <summary>As given. For a server that takes passwords as they come.</summary>
    None,
}
