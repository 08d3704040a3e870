namespace Mail.Security.MtaSts;

/// <summary>Why a policy text is not a policy (RFC 8461 §3.2).</summary>
public enum MtaStsPolicyFault : byte
{
    /// <summary>No reason was given.</summary>
    Unspecified = 0,

    /// <summary>The text is not UTF-8.</summary>
    Encoding,

    /// <summary>A line is not a key, a colon and a value of the allowed characters.</summary>
    Line,

    /// <summary>No version, or not <c>STSv1</c>.</summary>
    Version,

    /// <summary>No mode, or one that is not <c>enforce</c>, <c>testing</c> or <c>none</c>.</summary>
    Mode,

    /// <summary>No max_age, or not 1 to 10 digits.</summary>
    MaxAge,

    /// <summary>An mx pattern that is neither a host name of A-labels nor "*." and one, or no pattern at all in a mode other than <c>none</c>.</summary>
    Mx,
}
