namespace Mail.Security.Fuzz.Targets;

/// <summary>What each answer says when nobody changes it. Apart from the bench, whose judging goes over several threads and would wait for its own initialiser.</summary>
internal static class ValidatorTruths
{
    public static IReadOnlyList<string> All { get; } = [.. ValidatorBench.Questions.Select(static question => ValidatorBench.Tell(ValidatorBench.Judge(question, static (_, answer) => answer, static (_, octets) => octets)))];
}
