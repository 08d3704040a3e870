namespace Interop.Tests;

/// <summary>The world itself stands: its resolver validates, and Postfix takes mail.</summary>
[Collection(nameof(InteropWorld))]
public sealed class WorldTests(InteropWorld world)
{
    [Theory]
    [InlineData("ddee.test.", "MX", "NOERROR", true)]
    [InlineData("_25._tcp.dee.test.", "TLSA", "NOERROR", true)]
    [InlineData("nosuch.test.", "MX", "NXDOMAIN", true)]
    [InlineData("insecure.test.", "MX", "NOERROR", false)]
    [InlineData("mx.bogus.test.", "A", "SERVFAIL", false)]
    public async Task Unbound_OverTheSignedTree_Validates(string name, string type, string rcode, bool secure)
    {
        InteropWorld.Require();
        var answer = await Command.RunAsync("dig", [$"@{DnsWorld.Resolver.Address}", "+dnssec", name, type], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains($"status: {rcode}", answer.Output, StringComparison.Ordinal);
        Assert.Equal(secure, answer.Output.Contains(" ad;", StringComparison.Ordinal) || answer.Output.Contains(" ad ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Postfix_OverStartTls_TakesMail()
    {
        InteropWorld.Require();
        var mx = world.Cases["dee"];
        var id = Guid.NewGuid().ToString("N");
        (await Command.RunAsync("swaks", ["--server", mx.Address, "--tls", "--from", "a@sender.test", "--to", $"u@{mx.Domain}", "--header", $"X-Test: {id}", "--helo", "client.test"],
            cancellationToken: TestContext.Current.CancellationToken)).Check("swaks");
        Assert.NotNull(await world.Postfix.WaitForMessageAsync(id));
    }
}
