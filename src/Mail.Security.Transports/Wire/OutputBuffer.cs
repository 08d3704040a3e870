using System.Buffers;

namespace Mail.Security.Transports;

/// <summary>What is to be sent next, in one pooled array. Grows for commands; who writes content looks at the room first.</summary>
/// <remarks>The array belongs to the transaction that is on: <see cref="Release"/> gives it back, so that an idle session holds none.</remarks>
internal sealed class OutputBuffer : IBufferWriter<byte>
{
    private const int Least = 4 * 1024;

    private byte[] _array = [];
    private int _count;

    public int Count => _count;

    /// <summary>The bytes that can be written without another array.</summary>
    public int Room => _array.Length - _count;

    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, _count);

    /// <summary>Makes room for at least so many bytes.</summary>
    public void Reserve(int size)
    {
        if (size <= Room)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Least, Math.Max(_count + size, 2 * _count)));
        Written.Span.CopyTo(larger);
        Return();
        _array = larger;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Room, nameof(count));
        _count += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsSpan(_count);
    }

    /// <summary>Everything was sent.</summary>
    public void Clear() => _count = 0;

    /// <summary>Gives the array back; what was not sent is dropped.</summary>
    public void Release()
    {
        Return();
        (_array, _count) = ([], 0);
    }

    /// <summary>The same for what nobody may find in the pool: credentials.</summary>
    public void Wipe()
    {
        _array.AsSpan().Clear();
        Release();
    }

    private void Return()
    {
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
    }
}
