namespace Mail.Security.Queue.Tests;

/// <summary>Waits for a signal; a test that gets none fails rather than hangs.</summary>
internal static class Wait
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task<T> For<T>(Task<T> task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task For(Task task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);
}
