namespace Mail.Security.Dnssec;

/// <summary>What becomes of the data of a record.</summary>
internal enum RecordForm : byte
{
    /// <summary>It is read into a value of its type.</summary>
    Typed,

    /// <summary>It is handed out as octets.</summary>
    Raw,
}
