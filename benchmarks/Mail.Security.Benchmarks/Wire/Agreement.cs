namespace Mail.Security.Benchmarks.Wire;

/// <summary>Nothing is timed before ours and the baseline gave the same result for the same input.</summary>
internal static class Agreement
{
    public static void OnBytes(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string who)
    {
        if (!expected.SequenceEqual(actual))
            throw new InvalidOperationException($"{who} gave {actual.Length} bytes that differ from the {expected.Length} expected, from index {expected.CommonPrefixLength(actual)}.");
    }

    public static void OnNumber(long expected, long actual, string who)
    {
        if (expected != actual)
            throw new InvalidOperationException($"{who} gave {actual} where {expected} is right.");
    }
}
