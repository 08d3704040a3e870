namespace DaneCheck.Arguments;

/// <summary>By which way mail would go, and so what is checked.</summary>
internal enum CheckWay : byte
{
    /// <summary>To the mail exchangers of a domain.</summary>
    Exchangers = 0,

    /// <summary>--smarthost: to one host that is named.</summary>
    Smarthost,

    /// <summary>--submission: to a submission server that is named, or that SRV records name.</summary>
    Submission,
}
