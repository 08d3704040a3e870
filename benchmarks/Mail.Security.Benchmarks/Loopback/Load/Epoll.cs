using System.Buffers.Binary;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Mail.Security.Benchmarks.Loopback.Load;

/// <summary>Tells which sockets are ready, for one thread: tasks would cost the generator more than a server in C has to do.</summary>
internal sealed partial class Epoll : IDisposable
{
    private const int Most = 512;
    private const int Readable = 0x1;
    private const int Writable = 0x4;
    private const int Add = 1;
    private const int Modify = 3;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Stride = DataOffset + 8;

    private readonly byte[] _events = new byte[Most * Stride];
    private readonly byte[] _one = new byte[16];
    private readonly int _handle;

    public Epoll() => _handle = Checked(epoll_create1(0));

    /// <summary>Tells from now on when bytes for this socket have come.</summary>
    public void Watch(Socket socket, int key) => Control(Add, socket, key, Readable);

    /// <summary>Tells also, or no longer, when bytes can be sent.</summary>
    public void WatchSending(Socket socket, int key, bool sending) => Control(Modify, socket, key, sending ? Readable | Writable : Readable);

    /// <summary>How many sockets are ready.</summary>
    public int Wait(int milliseconds)
    {
        var ready = epoll_wait(_handle, ref _events[0], Most, milliseconds);
        return ready < 0 && Marshal.GetLastPInvokeError() == 4 /* EINTR */ ? 0 : Checked(ready);
    }

    public (int Key, bool CanSend, bool CanReceive) this[int index]
    {
        get
        {
            var at = _events.AsSpan(index * Stride, Stride);
            var flags = BinaryPrimitives.ReadInt32LittleEndian(at);
            return (BinaryPrimitives.ReadInt32LittleEndian(at[DataOffset..]), (flags & Writable) != 0, (flags & ~Writable) != 0);
        }
    }

    public void Dispose() => _ = close(_handle);

    private void Control(int operation, Socket socket, int key, int flags)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_one, flags);
        BinaryPrimitives.WriteInt64LittleEndian(_one.AsSpan(DataOffset), key);
        Checked(epoll_ctl(_handle, operation, (int)socket.Handle, ref _one[0]));
    }

    private static int Checked(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int file, ref byte change);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, ref byte events, int most, int timeout);

    [LibraryImport("libc")]
    private static partial int close(int file);
}
