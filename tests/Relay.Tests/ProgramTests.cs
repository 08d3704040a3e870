using System.Net;
using System.Net.Sockets;
using Relay.Configuration;

namespace Relay.Tests;

/// <summary>How the program ends when it cannot run.</summary>
public sealed class ProgramTests
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    [Fact]
    public async Task Run_BadConfiguration_SaysWhyAndExitsWith2()
    {
        var (code, output, error) = await RelayProgram.RunAsync(new Dictionary<string, string> { ["RELAY_DeliveryPort"] = "none" }, "--Bogus", "1", "--Networks=10");

        Assert.Equal((2, ""), (code, output));
        Assert.Equal(
            ["Relay: Bogus: there is no such setting; 'help' lists them.",
             "Relay: Networks: '10' is not a network such as 192.0.2.0/24 or 2001:db8::/32.",
             "Relay: DeliveryPort: 'none' is not a whole number from 1 to 65535."],
            error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("fly", "'fly' is not understood")]
    [InlineData("demo --HostName=x", "demo takes no settings")]
    [InlineData("--config /no/such/file.json", "The configuration file cannot be read")]
    public async Task Run_BadCommandLine_SaysWhyAndExitsWith2(string arguments, string sentence)
    {
        var (code, _, error) = await RelayProgram.RunAsync(NoEnvironment, arguments.Split(' '));

        Assert.Equal(2, code);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_ListsEverySetting()
    {
        var (code, output, _) = await RelayProgram.RunAsync(NoEnvironment, "help");

        Assert.Equal(0, code);
        Assert.All(Settings.All, setting => Assert.Contains($"  {setting.Key} [{setting.Default}]", output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_AddressInUse_SaysWhichAndExitsWith1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var database = Path.Combine(Path.GetTempPath(), $"relay-{Guid.NewGuid():N}.db");
        try
        {
            var (code, _, error) = await RelayProgram.RunAsync(NoEnvironment, $"--Smtp={taken.LocalEndpoint}", "--Submission=", $"--Database={database}");

            Assert.Equal(1, code);
            Assert.Contains($"Relay cannot start: Cannot listen for SMTP on {taken.LocalEndpoint}", error, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var file in Directory.EnumerateFiles(Path.GetTempPath(), Path.GetFileName(database) + "*"))
                File.Delete(file);
        }
    }

    [Fact]
    public async Task Run_NoTemporaryFolder_SaysSoAndExitsWith1()
    {
        var database = Path.Combine(Path.GetTempPath(), $"relay-{Guid.NewGuid():N}.db");
        try
        {
            var (code, output, error) = await RelayProgram.RunAsync(new Dictionary<string, string> { ["TMPDIR"] = "/no/such/folder" }, "--Smtp=127.0.0.1:0", "--Submission=", $"--Database={database}");

            Assert.Equal((1, 1), (code, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
            Assert.Contains("SpoolFolder must be a folder that exists, not '/no/such/folder", error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var file in Directory.EnumerateFiles(Path.GetTempPath(), Path.GetFileName(database) + "*"))
                File.Delete(file);
        }
    }
}
