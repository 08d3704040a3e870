namespace Mail.Security.Transports;

/// <summary>When a session sends content by BDAT to a server that announces CHUNKING (RFC 3030 §2). Content declared BINARYMIME goes by nothing else.</summary>
public enum ChunkingUse : byte
{
    /// <summary>For content of <see cref="SmtpSessionSettings.ChunkSize"/> and more: nothing has to be stuffed, and a refusal comes after a chunk at the latest.</summary>
    WhenLarge = 0,

    /// <summary>For binary content only.</summary>
    WhenBinary,

    /// <summary>Always.</summary>
    Always,
}
