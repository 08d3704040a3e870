namespace Mail.Security.Benchmarks.Loopback.Load;

/// <summary>Runs a plan, whatever its mode.</summary>
internal static class LoadGenerator
{
    public static async Task<LoadResult> RunAsync(LoadPlan plan)
    {
        if (plan.Mode is LoadMode.StartTls or LoadMode.Handshake)
            return await new TlsLoad(plan).RunAsync();
        using var run = new LoadRun(plan);
        return run.Run();
    }
}
