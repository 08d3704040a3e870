namespace Mail.Security.Smtp;

/// <summary>Where a BDAT chunk stands in its message (RFC 3030 §2).</summary>
public enum ChunkKind : byte
{
    /// <summary>Another chunk follows.</summary>
    More = 0,

    /// <summary>"LAST": the message ends with this chunk.</summary>
    Last = 1,
}
