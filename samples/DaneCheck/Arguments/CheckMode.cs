namespace DaneCheck.Arguments;

/// <summary>What the command is to do.</summary>
internal enum CheckMode : byte
{
    /// <summary>Check the servers to which mail would go.</summary>
    Check = 0,

    /// <summary>Look one name up.</summary>
    Lookup,

    /// <summary>Make the TLSA records of a certificate or key.</summary>
    MakeRecord,

    /// <summary>Say how it is used.</summary>
    Help,
}
