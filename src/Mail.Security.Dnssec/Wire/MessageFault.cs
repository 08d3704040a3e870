namespace Mail.Security.Dnssec;

/// <summary>Why a message is no answer to us.</summary>
internal enum MessageFault : byte
{
    None,

    /// <summary>It answers another question, or is no response.</summary>
    Mismatched,

    /// <summary>It answers our question and cannot be read.</summary>
    Malformed,
}
