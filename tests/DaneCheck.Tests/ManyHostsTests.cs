using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace DaneCheck.Tests;

/// <summary>Hosts that keep a check waiting: they are looked at side by side, and all of it has an end.</summary>
public sealed class ManyHostsTests : IAsyncDisposable
{
    private const int Hosts = 5;

    private readonly LoopbackDnsServer _dns = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ManyHostsTests()
    {
        _listener.Start();
        _dns.AddZone("example.com", DnsSecurity.Secure);
        for (var host = 1; host <= Hosts; host++)
            _dns.AddMx("example.com", (ushort)(10 * host), $"mx{host}.example.com").AddAddress($"mx{host}.example.com", "127.0.0.1");
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_HostsThatWaitForEachOther_AreOpenedSideBySideAndToldInOrder()
    {
        // Nobody is greeted before all are there.
        var greeting = GreetAllAsync();

        var (code, report) = await CheckAsync("--timeout", "60");

        await greeting;
        Assert.Equal(75, code);
        Assert.All(InOrder(report), static address => Assert.Contains("421", address.GetProperty("sentence").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_HostsThatSayNothing_EndsWithTheLimit()
    {
        var (code, report) = await CheckAsync("--timeout", "300", "--limit", "3");

        Assert.Equal(75, code);
        Assert.All(InOrder(report), static address => Assert.Equal(("Unknown", "the time for the whole check was over (--limit)"), (address.GetProperty("verdict").GetString(), address.GetProperty("sentence").GetString())));
    }

    [Fact]
    public async Task Check_DnsThatSaysNothing_EndsWithTheLimit()
    {
        _dns.Misbehave("example.com", DnsRecordType.Mx, new DnsServerFault.Silence());

        var (code, report) = await CheckAsync("--timeout", "300", "--limit", "1");

        Assert.Equal((75, "Unknown"), (code, report.GetProperty("verdict").GetString()));
        Assert.Contains("--limit", report.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.Empty(report.GetProperty("hosts").EnumerateArray());
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _dns.DisposeAsync();
    }

    private async Task<(int Code, JsonElement Report)> CheckAsync(params string[] more)
    {
        var port = ((IPEndPoint)_listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var (code, output, error) = await CheckWorld.RunAsync(["example.com", "--json", "--resolver", _dns.EndPoint.ToString(), "--port", port, .. more]);
        Assert.Equal("", error);
        return (code, JsonDocument.Parse(output).RootElement);
    }

    private async Task GreetAllAsync()
    {
        var connections = new List<TcpClient>();
        while (connections.Count < Hosts)
            connections.Add(await _listener.AcceptTcpClientAsync(Stop));
        foreach (var connection in connections)
        {
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes("421 4.3.2 later\r\n"), Stop);
            connection.Dispose();
        }
    }

    private static List<JsonElement> InOrder(JsonElement report)
    {
        var hosts = report.GetProperty("hosts").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(1, Hosts).Select(static host => $"mx{host}.example.com"), hosts.Select(static host => host.GetProperty("host").GetString()));
        return [.. hosts.Select(static host => Assert.Single(host.GetProperty("addresses").EnumerateArray()))];
    }
}
