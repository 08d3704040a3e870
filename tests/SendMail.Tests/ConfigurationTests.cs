using SendMail.Running;

namespace SendMail.Tests;

/// <summary>Where settings come from, and what is no setting.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public async Task Run_File_IsOverriddenByTheEnvironment()
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);
        File.WriteAllText(bench.At("c.json"), """{ "Sender": "file@client.test", /* overridden */ "Port": 1, "Domain": "file.test", }""");
        bench.Settings.Remove("Sender");

        Assert.Equal(ExitCode.Ok, (await bench.RunAsync("--config", bench.At("c.json"), "bob@far.test")).Code);
        Assert.Equal("file@client.test", Assert.Single(server.Taken).Envelope.ReversePath.ToString());
    }

    [Theory]
    [InlineData("""{ "Bogus": 1 }""", "there is no setting 'Bogus'")]
    [InlineData("""{ "Port": [1] }""", "Port must be one text or number")]
    [InlineData("[]", "it is not a JSON object")]
    [InlineData("{", "c.json: ")]
    public async Task Run_BadFile_IsConfiguration(string text, string sentence)
    {
        using var bench = new Bench(1);
        File.WriteAllText(bench.At("c.json"), text);
        bench.Settings["CONFIG"] = bench.At("c.json");

        var (code, _, error) = await bench.RunAsync("bob@far.test");

        Assert.Equal(ExitCode.Configuration, code);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Server", "")]
    [InlineData("Server", "a b")]
    [InlineData("Port", "70000")]
    [InlineData("Tls", "None")]
    [InlineData("Addresses", "x")]
    [InlineData("ExtraRoots", "/no/such/file")]
    [InlineData("User", "")]
    [InlineData("PasswordFile", "")]
    [InlineData("PasswordFile", "/no/such/file")]
    [InlineData("Mechanisms", "ROT13")]
    [InlineData("HostName", "a b")]
    [InlineData("Domain", "a b")]
    [InlineData("Sender", "a@b@c")]
    [InlineData("QueueLifetime", "5")]
    [InlineData("Timeout", "2h")]
    public async Task Run_BadValue_IsConfigurationAndNamesTheKey(string key, string value)
    {
        using var bench = new Bench(1);
        bench.Settings[key] = value;

        var (code, _, error) = await bench.RunAsync("bob@far.test");

        Assert.Equal(ExitCode.Configuration, code);
        Assert.Contains(key == "PasswordFile" && value.Length == 0 ? "PasswordFile" : $"SendMail: {key}: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PasswordFile")]
    [InlineData("TokenFile")]
    public async Task Run_SecretThatIsNotUtf8_IsConfigurationAndNoOctetIsTold(string key)
    {
        using var bench = new Bench(1);
        bench.Settings.Remove("PasswordFile");
        bench.Settings[key] = bench.At("latin1");
        bench.WriteSecret("latin1", "");
        File.WriteAllBytes(bench.At("latin1"), [(byte)'g', 0xE9, (byte)'h', (byte)'\n']);

        var (code, output, error) = await bench.RunAsync("bob@far.test");

        Assert.Equal(ExitCode.Configuration, code);
        Assert.Equal($"SendMail: {key}: the first line of '{bench.At("latin1")}' is not UTF-8.", error.Trim());
        Assert.Empty(output);
    }

    [Fact]
    public async Task Run_PasswordThatOthersMayRead_IsConfiguration()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("no such modes");
            return;
        }
        using var bench = new Bench(1);
        File.SetUnixFileMode(bench.At("password"), UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var (code, _, error) = await bench.RunAsync("bob@far.test");

        Assert.Equal(ExitCode.Configuration, code);
        Assert.Contains("chmod", error, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", error, StringComparison.Ordinal);
    }
}
