namespace Relay.Tests;

public sealed class DemoTests
{
    /// <summary>Two at the same time, so that neither can count on a port, an address or a folder of its own.</summary>
    [Fact]
    public async Task Demo_TwiceAtTheSameTime_SeesWhatItExpectsAndLeavesNothing()
    {
        var folder = Directory.CreateTempSubdirectory("relay-tests-").FullName;
        try
        {
            var environment = new Dictionary<string, string> { ["TMPDIR"] = folder, ["TEMP"] = folder, ["TMP"] = folder, ["RELAY_DeliveryPort"] = "no number" };
            var runs = await Task.WhenAll(RelayProgram.RunAsync(environment, "demo"), RelayProgram.RunAsync(environment, "demo"));

            foreach (var (code, output, error) in runs)
            {
                Assert.True(code == 0, output + error);
                Assert.Contains("15 of 15 cases as expected", output, StringComparison.Ordinal);
                Assert.Equal(15, output.Split('\n').Count(line => line.EndsWith("| ok", StringComparison.Ordinal)));
                Assert.Contains("attempt 1 to dane-ee.example: delivered", output, StringComparison.Ordinal);
                Assert.Contains("to tlsa-mismatch.example: deferred, 4.7.5", output, StringComparison.Ordinal);
            }
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
