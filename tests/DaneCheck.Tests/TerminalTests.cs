using System.Diagnostics;
using System.Text.RegularExpressions;

namespace DaneCheck.Tests;

/// <summary>The real process on a terminal of its own (script of util-linux), where people read it.</summary>
public sealed class TerminalTests
{
    private const string Colour = "\e\\[[0-9;]*m";
    private const string Script = "/usr/bin/script";

    [Theory]
    [InlineData("xterm-256color", null, true)]
    [InlineData("xterm-256color", "", true)]                // an empty NO_COLOR is none
    [InlineData("xterm-256color", "1", false)]
    [InlineData("dumb", null, false)]
    [InlineData(null, null, false)]
    public async Task Check_OnATerminal_ColoursWhereTheyAreWanted(string? term, string? noColor, bool coloured)
    {
        Assert.SkipUnless(File.Exists(Script), "there is no 'script' of util-linux");
        await using var world = new CheckWorld();
        world.Publish();

        var (code, output) = await OnTerminalAsync(term, noColor, world.CheckArguments());

        Assert.Equal(0, code);
        Assert.Equal(coloured, output.Contains("\e[32mverified\e[0m", StringComparison.Ordinal));
        Assert.Equal(coloured, Regex.IsMatch(output, Colour));
        // The same words in the same columns as through a pipe. What the runtime tells the terminal at its start is not ours.
        var (_, piped, _) = await CheckWorld.RunAsync(world.CheckArguments());
        Assert.DoesNotContain('\e', piped);
        Assert.Equal(piped.TrimEnd(), Regex.Replace(output, $"{Colour}|\e\\[\\?1[hl]|\e[=>]", "").Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd());
    }

    [Fact]
    public async Task Check_Json_IsPlainOnATerminalToo()
    {
        Assert.SkipUnless(File.Exists(Script), "there is no 'script' of util-linux");
        await using var world = new CheckWorld();
        world.Publish();

        var (code, output) = await OnTerminalAsync("xterm", null, world.CheckArguments("--json"));

        Assert.Equal(0, code);
        Assert.DoesNotMatch(Colour, output);
    }

    private static async Task<(int Code, string Output)> OnTerminalAsync(string? term, string? noColor, string[] arguments)
    {
        var command = string.Join(' ', new[] { CheckWorld.Program }.Concat(arguments).Select(static word => $"'{word}'"));
        var start = new ProcessStartInfo(Script, ["-qec", command, "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["SHELL"] = "/bin/sh";
        Set(start, "TERM", term);
        Set(start, "NO_COLOR", noColor);
        using var process = Process.Start(start)!;
        try
        {
            // Its input stays open: at its end script would type an end of file.
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, output);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static void Set(ProcessStartInfo start, string name, string? value)
    {
        start.Environment.Remove(name);
        if (value is not null)
            start.Environment[name] = value;
    }
}
