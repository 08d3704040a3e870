using System.Net;
using System.Net.Sockets;

namespace Interop.Tests;

/// <summary>Stands before a server; the first client that sends more than so many bytes is read no further until it is gone.</summary>
internal sealed class BrakeTap(IPEndPoint listen, IPEndPoint server, int most) : Middleman(listen, server)
{
    private readonly TaskCompletionSource _braking = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when a connection stands still.</summary>
    public Task Braking => _braking.Task;

    protected override async Task LinkAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            try
            {
                await server.ConnectAsync(Server, Stop);
                await Task.WhenAny(CopyAsync(client, server, _braking.Task.IsCompleted ? int.MaxValue : most), CopyAsync(server, client, int.MaxValue));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                // one of the ends is gone
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to, int most)
    {
        var buffer = new byte[16 * 1024];
        while (await ReadAsync(from, buffer) is > 0 and var count)
        {
            if ((most -= count) < 0)
            {
                _braking.TrySetResult();
                while (await ReadAsync(from, buffer.AsMemory(0, 1)) > 0)
                    await Task.Delay(20, Stop);      // slowly, so that a client that dies is noticed
                return;
            }
            await to.SendAsync(buffer.AsMemory(0, count), Stop);
        }
    }

    private async Task<int> ReadAsync(Socket socket, Memory<byte> buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, Stop);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
