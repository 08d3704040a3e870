namespace Packaging.Tests;

/// <summary>The packages of the lower layers compile ahead of time without a trimming or AOT warning, and the program runs.</summary>
public sealed class AotTests
{
    [Fact]
    public async Task Publish_WithEveryAssemblyRooted_GivesNoWarningAndRuns()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && (File.Exists("/usr/bin/clang") || File.Exists("/usr/bin/gcc")), "ahead-of-time compilation needs clang or gcc");
        var target = Directory.CreateTempSubdirectory("mail-security-aot-").FullName;
        var (code, output) = await PackedSuite.DotnetAsync(PackedSuite.Root, "publish", "tests/AotSmoke", "-c", "Release", "--use-current-runtime", "-o", target, "--nologo", "-v", "q");
        Assert.True(code == 0, output);
        Assert.DoesNotContain("warning IL", output, StringComparison.Ordinal);

        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(Path.Combine(target, "AotSmoke")) { RedirectStandardOutput = true })!;
        var printed = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Directory.Delete(target, recursive: true);
        Assert.Equal((0, "xn--bcher-kva.example Delivered 33 from@client.example"), (process.ExitCode, printed.Trim()));
    }
}
