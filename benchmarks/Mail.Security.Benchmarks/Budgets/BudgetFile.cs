using System.Text.Json;

namespace Mail.Security.Benchmarks.Budgets;

/// <summary>The bytes one call of a benchmark may allocate, by the name of the benchmark.</summary>
internal static class BudgetFile
{
    private static readonly JsonSerializerOptions Options = new() { ReadCommentHandling = JsonCommentHandling.Skip };

    public static IReadOnlyDictionary<string, long> Read(string path) =>
        JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllText(path), Options)
            ?? throw new InvalidDataException($"{path} holds no budgets.");
}
