namespace Mail.Security.Conformance;

/// <summary>Every table, in the order of the sections.</summary>
public static class ConformanceTables
{
    public static IReadOnlyList<ConformanceTable> All { get; } =
    [
        AliasCases.Table,
        SerialTimeCases.Table, CanonicalCases.Table,
        ZoneCutCases.Table, StateCases.Table, ReferralCases.Table, SignatureFieldCases.Table, TimeToLiveCases.Table, WildcardCases.Table, DenialCases.Table,
        WildcardOwnerCases.Table, WildcardExampleCases.Table, WildcardTypeCases.Table,
        RevokedKeyCases.Table,
        HashedDenialCases.Table, OptOutCases.Table,
        DnameCases.Table,
        ReplayCases.Table, UnknownCases.Table, NestedAnchorCases.Table,
        AlgorithmCases.Table,
        SentenceCases.Table,
        IterationCases.Table, CostCases.Table,
    ];

    /// <summary>One table.</summary>
    /// <param name="subject">What its cases are about.</param>
    /// <returns>The table.</returns>
    public static ConformanceTable Of(string subject) => All.Single(table => table.Subject == subject);
}
