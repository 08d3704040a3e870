namespace DaneCheck.Checking;

/// <summary>What came of an address, a host or a domain. The greatest of the parts is that of the whole.</summary>
internal enum CheckVerdict : byte
{
    /// <summary>DANE says who the server is, and it is.</summary>
    Verified = 0,

    /// <summary>DANE does not apply: nothing is wrong, and nothing is proven by it.</summary>
    Unprotected,

    /// <summary>The DNS or the server did not answer.</summary>
    Unknown,

    /// <summary>The server does not do what DANE demands, an answer is bogus, or no TLSA record can be used.</summary>
    Failed,
}
