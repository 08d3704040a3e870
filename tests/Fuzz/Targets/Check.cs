namespace Mail.Security.Fuzz.Targets;

/// <summary>What a target asserts. It names no test framework: the same targets run under every engine.</summary>
internal static class Check
{
    /// <summary>Throws when a rule does not hold.</summary>
    public static void That(bool holds, string rule)
    {
        if (!holds)
            throw new BrokenRuleException(rule);
    }

    /// <summary>Throws when two values differ.</summary>
    public static void Equal<T>(T expected, T actual, string rule)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new BrokenRuleException($"{rule}: {expected} expected, {actual} found");
    }

    /// <summary>Throws when two sequences differ.</summary>
    public static void Same<T>(IReadOnlyList<T> expected, IReadOnlyList<T> actual, string rule)
    {
        if (!expected.SequenceEqual(actual))
            throw new BrokenRuleException($"{rule}: [{string.Join(" | ", expected)}] expected, [{string.Join(" | ", actual)}] found");
    }

    /// <summary>Throws when two byte sequences differ.</summary>
    public static void Same(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string rule)
    {
        if (!expected.SequenceEqual(actual))
            throw new BrokenRuleException($"{rule}: {Convert.ToHexString(expected)} expected, {Convert.ToHexString(actual)} found");
    }
}
