namespace Mail.Security.Fuzz.Targets;

/// <summary>One thing to feed with bytes.</summary>
/// <param name="Name">The name on the command line, of its corpus folder and of its dictionary.</param>
/// <param name="Run">Takes any bytes at all; throws when the code under test misbehaves, whatever the exception.</param>
public sealed record FuzzTarget(string Name, Action<byte[]> Run)
{
    // Far above what any input of MaxLength may cost, far below what hurts a server.
    private const long MaxAllocation = 64L * 1024 * 1024;

    /// <summary>The longest input that is made; what the limits of the code under test are, and a little more.</summary>
    public int MaxLength { get; init; } = 4096;

    /// <summary>How many mutations the bounded run in the test suite makes: a second's worth at most.</summary>
    public int BoundedRuns { get; init; } = 1000;

    /// <summary>Runs the target on one input, and holds it to the bound of memory.</summary>
    public void Try(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(input);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Check.That(allocated <= MaxAllocation, $"no more than {MaxAllocation} bytes are allocated for one input; these were {allocated}");
    }
}
