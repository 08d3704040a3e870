namespace Mail.Security.Smtp;

/// <summary>What can be wrong with content, as a set: the order of the finds must not matter.</summary>
[Flags]
internal enum ContentFaults : byte
{
    None = 0,
    BareLineFeed = 1,
    BareCarriageReturn = 2,
    Nul = 4,
    TooLarge = 8,
    BareLineEnds = BareLineFeed | BareCarriageReturn,
}

internal static class ContentFaultsExtensions
{
    /// <summary>Those that no policy mends.</summary>
    public static ContentFaults Under(this ContentFaults faults, BareLineEndPolicy policy) =>
        policy == BareLineEndPolicy.Normalise ? faults & ~ContentFaults.BareLineEnds : faults;

    /// <summary>The one that is told, the most dangerous first.</summary>
    public static SyntaxFault Gravest(this ContentFaults faults) => faults switch
    {
        _ when (faults & ContentFaults.BareLineFeed) != 0 => SyntaxFault.BareLineFeed,
        _ when (faults & ContentFaults.BareCarriageReturn) != 0 => SyntaxFault.BareCarriageReturn,
        _ when (faults & ContentFaults.Nul) != 0 => SyntaxFault.NulByte,
        _ when (faults & ContentFaults.TooLarge) != 0 => SyntaxFault.ContentTooLarge,
        _ => SyntaxFault.None,
    };
}
