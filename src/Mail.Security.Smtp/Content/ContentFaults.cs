namespace Mail.Security.Smtp;

/// <summary>What can be wrong with content, as a set.</summary>
[Flags]
internal enum ContentFaults : byte
{
    None = 0,
    BareLineFeed = 1,
    BareCarriageReturn = 2,
    Nul = 4,
    BareLineEnds = BareLineFeed | BareCarriageReturn,
}
