namespace Mail.Security.Conformance;

/// <summary>The cases of one section of an RFC.</summary>
/// <param name="Section">The section, as it is cited.</param>
/// <param name="Subject">What the cases are about; unique.</param>
/// <param name="Rows">The cases.</param>
public sealed record ConformanceTable(string Section, string Subject, IReadOnlyList<ConformanceCase> Rows)
{
    /// <summary>The chain down to z.test, all of it secure.</summary>
    public const string Z = ".+; test+; z.test+; ";

    /// <summary>The section as tests are marked by it: 4035#5.2.</summary>
    public string Trait => Section.Replace("RFC ", "", StringComparison.Ordinal).Replace(" §", "#", StringComparison.Ordinal);

    /// <summary>One case.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The case.</returns>
    public ConformanceCase this[string name] => Rows.Single(row => row.Name == name);

    public override string ToString() => $"{Section}, {Subject}";
}
