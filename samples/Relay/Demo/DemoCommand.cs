namespace Relay.Demo;

internal static class DemoCommand
{
    public static Task<int> RunAsync(TextWriter output) => Task.FromResult(1);
}
