namespace Mail.Security.Hosting;

/// <summary>Whether a connection may be served.</summary>
internal enum ConnectionVerdict : byte
{
    /// <summary>All places are taken.</summary>
    TooMany = 0,

    /// <summary>The client's address has all its places.</summary>
    TooManyFromAddress,

    /// <summary>It has a place until it leaves.</summary>
    Admitted,
}
