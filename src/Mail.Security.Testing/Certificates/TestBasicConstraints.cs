namespace Mail.Security.Testing;

/// <summary>What the basic constraints extension of a test certificate says (RFC 5280 §4.2.1.9).</summary>
public enum TestBasicConstraints : byte
{
    /// <summary>What the role asks for: an authority is marked as one, a leaf has no such extension.</summary>
    AsRole = 0,

    /// <summary>Marked as an authority.</summary>
    Authority,

    /// <summary>An extension that says "not an authority".</summary>
    NotAuthority,

    /// <summary>No extension.</summary>
    Absent,
}
