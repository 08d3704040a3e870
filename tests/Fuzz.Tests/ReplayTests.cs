using Mail.Security.Fuzz.Engine;
using Mail.Security.Fuzz.Targets;

namespace Mail.Security.Fuzz.Tests;

/// <summary>The bounded run: every input of the corpus, and a fixed number of mutations of them, the same in every run.</summary>
public sealed class ReplayTests
{
    private const int Seed = 20260301;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Corpus_EveryInput_BreaksNoRule(string name)
    {
        var target = FuzzTargets.Find(name)!;
        var inputs = FuzzFolder.Inputs(name);
        Assert.True(inputs.Count >= 3, "a corpus has a few inputs");
        foreach (var input in inputs.Append([]))
            AssertSound(target, input);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Mutations_OfTheCorpus_BreakNoRule(string name)
    {
        var target = FuzzTargets.Find(name)!;
        var inputs = FuzzFolder.Inputs(name);
        var mutator = new Mutator(Seed, Corpus.ReadWords(FuzzFolder.WordsOf(name)), target.MaxLength);
        for (var count = 0; count < target.BoundedRuns; count++)
            AssertSound(target, mutator.Mutate(inputs[mutator.Pick(inputs.Count)], inputs[mutator.Pick(inputs.Count)]));
    }

    private static void AssertSound(FuzzTarget target, byte[] input)
    {
        if (Finding.Of(target, input) is { } finding)
            Assert.Fail($"{Convert.ToHexString(input)}: {finding.Error}");
    }
}
