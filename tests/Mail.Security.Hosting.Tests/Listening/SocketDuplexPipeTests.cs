using System.Globalization;
using System.Net;

namespace Mail.Security.Hosting.Tests.Listening;

/// <summary>How a connection is let go of.</summary>
public sealed class SocketDuplexPipeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Dispose_WhenThePeerTakesNoMore_LeavesNothingOfTheConnection()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux bounds the time of a farewell");
        using var pair = await SocketPair.ConnectAsync(receiveBuffer: 4096, farewell: TimeSpan.FromMilliseconds(200));
        var remote = ((IPEndPoint)pair.Peer.LocalEndPoint!).Port;
        var local = ((IPEndPoint)pair.Peer.RemoteEndPoint!).Port;
        pair.Pipe.Output.GetSpan(200_000)[..200_000].Clear();
        pair.Pipe.Output.Advance(200_000);
        Assert.False((await pair.Pipe.Output.FlushAsync(TestContext.Current.CancellationToken)).IsCompleted);
        Assert.True(Exists(local, remote));

        pair.Pipe.Dispose();

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (Exists(local, remote))
            await Task.Delay(50, limit.Token);
    }

    // The kernel's list of connections, with those that belong to no process any more.
    private static bool Exists(int local, int remote)
    {
        var (from, to) = (Hex(local), Hex(remote));
        return File.ReadLines("/proc/net/tcp6").Concat(File.ReadLines("/proc/net/tcp")).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(fields => fields[1].EndsWith(from, StringComparison.Ordinal) && fields[2].EndsWith(to, StringComparison.Ordinal));
    }

    private static string Hex(int port) => ":" + port.ToString("X4", CultureInfo.InvariantCulture);
}
