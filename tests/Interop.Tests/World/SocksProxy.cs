using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mail.Security.Transports;

namespace Interop.Tests;

/// <summary>Which SOCKS server of this machine.</summary>
public enum SocksServer
{
    Dante,
    Microsocks,
}

/// <summary>A real SOCKS 5 proxy in a process of its own, on a loopback address of either family; it takes anybody, or the account ann with the password pw.</summary>
internal sealed class SocksProxy : IAsyncDisposable
{
    public const string Name = "ann";
    public const string Password = "pw";

    private static readonly string[] Needed = ["danted", "microsocks", "unshare", "openssl"];

    private readonly string _folder;
    private readonly SocksServer _server;
    private readonly bool _wantsLogin;
    private Process _process = null!;
    private StringBuilder _output = null!;

    private SocksProxy(string folder, SocksServer server, IPAddress address, bool wantsLogin) =>
        (_folder, _server, EndPoint, _wantsLogin) = (folder, server, new IPEndPoint(address, FreePort(address)), wantsLogin);

    /// <summary>An IPv4 address from which connections leave, other than the one clients use.</summary>
    public static IPAddress Egress { get; } = IPAddress.Parse("127.0.80.9");

    /// <summary>Addresses to which this proxy forbids connections (dante only).</summary>
    public static IPAddress Forbidden { get; } = IPAddress.Parse("127.0.99.1");

    public IPEndPoint EndPoint { get; }

    public string Log
    {
        get { lock (_output) return _output.ToString(); }
    }

    public static void Require()
    {
        InteropWorld.Require();
        var missing = Needed.Where(name => Command.Find(name) is null).ToList();
        Assert.SkipWhen(missing.Count > 0, "not installed: " + string.Join(", ", missing));
    }

    public static async Task<SocksProxy> StartAsync(string folder, SocksServer server, string address = "127.0.80.1", bool wantsLogin = false)
    {
        var proxy = new SocksProxy(folder, server, IPAddress.Parse(address), wantsLogin);
        if (server == SocksServer.Dante)
            await proxy.WriteConfigurationAsync();
        await proxy.StartAsync();
        return proxy;
    }

    /// <summary>A dialer through it, with the right login where it wants one.</summary>
    public Socks5Dialer Dial(string name = "egress") => new(new Socks5DialerOptions
    {
        Name = name,
        Proxy = EndPoint,
        Credentials = _wantsLogin ? new Socks5Credentials(Name, Password) : null,
    });

    /// <summary>Ends it as the kernel ends a process, with all that it forked.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Starts it, the first time or again, and waits until it listens.</summary>
    public async Task StartAsync()
    {
        _process = _server == SocksServer.Dante ? StartDante() : StartMicrosocks();
        for (var attempt = 0; attempt < 100 && !_process.HasExited; attempt++)
        {
            using var socket = new Socket(EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(EndPoint);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(100);
            }
        }
        throw new InvalidOperationException($"{_server} did not come up: {Log}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
    }

    private Process StartMicrosocks()
    {
        List<string> arguments = ["-i", EndPoint.Address.ToString(), "-p", EndPoint.Port.ToString(CultureInfo.InvariantCulture)];
        if (_wantsLogin)
            arguments.AddRange(["-u", Name, "-P", Password]);
        return Command.Start("microsocks", arguments, _folder, out _output);
    }

    // Dante asks the system's accounts: in a mount namespace of its own there is one more.
    private Process StartDante() => _wantsLogin
        ? Command.Start("unshare", ["-m", "sh", "-c", "mount --bind ./passwd /etc/passwd && mount --bind ./shadow /etc/shadow && exec danted -f danted.conf"], _folder, out _output)
        : Command.Start("danted", ["-f", "danted.conf"], _folder, out _output);

    private async Task WriteConfigurationAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "danted.conf"), $$"""
            logoutput: stderr
            internal: {{EndPoint.Address}} port = {{EndPoint.Port}}
            external: {{Egress}}
            external: ::1
            socksmethod: {{(_wantsLogin ? "username" : "none")}}
            clientmethod: none
            user.privileged: root
            user.unprivileged: nobody
            client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
            client pass { from: ::/0 to: ::/0 }
            socks block { from: 0.0.0.0/0 to: {{Forbidden}}/32 }
            socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
            socks pass { from: ::/0 to: ::/0 }
            socks pass { from: 0.0.0.0/0 to: ::/0 }
            socks pass { from: ::/0 to: 0.0.0.0/0 }

            """);
        if (!_wantsLogin)
            return;
        var hash = (await Command.RunAsync("openssl", ["passwd", "-6", Password])).Check("openssl passwd").Output.Trim();
        await File.WriteAllTextAsync(Path.Combine(_folder, "passwd"), await File.ReadAllTextAsync("/etc/passwd") + $"{Name}:x:64999:65534::/nonexistent:/usr/sbin/nologin\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "shadow"), $"{Name}:{hash}:19000:0:99999:7:::\n");
        (await Command.RunAsync("chmod", ["600", Path.Combine(_folder, "shadow")])).Check("chmod");
    }

    private static int FreePort(IPAddress address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
