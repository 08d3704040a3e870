namespace Mail.Security.Queue;

/// <summary>Why a store could not do something.</summary>
public enum StoreFailure : byte
{
    /// <summary>None of the other reasons; the detail says more.</summary>
    Unspecified,

    /// <summary>Another process or connection held the store for longer than the wait allowed. Trying again may help.</summary>
    Locked,

    /// <summary>There is no room: the disk is full, or the store's own limit is reached.</summary>
    Full,

    /// <summary>The store cannot be written to: permissions, or a medium that is read-only.</summary>
    ReadOnly,

    /// <summary>What is on the disk is not a sound store. Trying again does not help; an operator must look.</summary>
    Corrupt,

    /// <summary>The store was written by a newer version of this package, which this one does not touch.</summary>
    Incompatible,

    /// <summary>Reading, writing or reaching the store failed.</summary>
    Io,
}
