using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Hosting.Tests.Listening;

/// <summary>A socket as a pipe, and the other end of its connection on loopback.</summary>
internal sealed class SocketPair : IDisposable
{
    private SocketPair(Socket peer, Socket mine, SessionScheduling scheduling, TimeSpan farewell) => (Peer, Pipe) = (peer, new(mine, scheduling, Pool) { Farewell = farewell });

    public Socket Peer { get; }

    public SocketDuplexPipe Pipe { get; }

    public CountingPool Pool { get; } = new();

    public static async Task<SocketPair> ConnectAsync(SessionScheduling scheduling = SessionScheduling.ThreadPool, int sendBuffer = 0, int receiveBuffer = 0, TimeSpan farewell = default)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var peer = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (sendBuffer + receiveBuffer > 0)
            peer.ReceiveBufferSize = Math.Max(sendBuffer, receiveBuffer);
        await peer.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        var mine = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        if (sendBuffer > 0)
            mine.SendBufferSize = sendBuffer;
        return new(peer, mine, scheduling, farewell);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await Peer.SendAsync(bytes, SocketFlags.None, TestContext.Current.CancellationToken)..];
    }

    /// <summary>Everything the peer receives up to the end.</summary>
    public async Task<byte[]> ReceiveToEndAsync()
    {
        var all = new MemoryStream();
        await using var stream = new NetworkStream(Peer, ownsSocket: false);
        await stream.CopyToAsync(all, TestContext.Current.CancellationToken);
        return all.ToArray();
    }

    /// <summary>Closes the peer's end with a reset.</summary>
    public void Reset()
    {
        Peer.LingerState = new LingerOption(true, 0);
        Peer.Dispose();
    }

    public void Dispose()
    {
        Peer.Dispose();
        Pipe.Dispose();
    }

    /// <summary>Knows what is rented, and takes nothing back twice.</summary>
    internal sealed class CountingPool : ArrayPool<byte>
    {
        private readonly Lock _gate = new();
        private readonly HashSet<byte[]> _rented = [];
        private TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Rented
        {
            get
            {
                lock (_gate)
                    return _rented.Count;
            }
        }

        public int Largest { get; private set; }

        /// <summary>Ends when nothing is rented.</summary>
        public Task EmptyAsync()
        {
            lock (_gate)
                return _rented.Count == 0 ? Task.CompletedTask : _empty.Task.WaitAsync(TestContext.Current.CancellationToken);
        }

        public override byte[] Rent(int minimumLength)
        {
            lock (_gate)
            {
                var array = new byte[minimumLength];
                _rented.Add(array);
                Largest = Math.Max(Largest, minimumLength);
                if (_empty.Task.IsCompleted)
                    _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
                return array;
            }
        }

        public override void Return(byte[] array, bool clearArray = false)
        {
            lock (_gate)
            {
                Assert.True(_rented.Remove(array), "returned what was not rented");
                Array.Fill(array, (byte)0xEE);          // who still reads it is found out
                if (_rented.Count == 0)
                    _empty.TrySetResult();
            }
        }
    }
}
