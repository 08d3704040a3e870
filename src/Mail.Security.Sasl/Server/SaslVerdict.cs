namespace Mail.Security.Sasl;

/// <summary>What a store or an authority says to a question.</summary>
public enum SaslVerdict : byte
{
    /// <summary>No.</summary>
    Refused = 0,

    /// <summary>Yes.</summary>
    Accepted,

    /// <summary>It cannot say just now, so that the client may try again: never a no, never a yes.</summary>
    Unavailable,
}
