using System.Numerics;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Mail.Security.Fuzz.Engine;

/// <summary>
/// The 64 KiB in which instrumented code counts the edges it takes (as afl-fuzz has them): what one run took, and what all runs before
/// it have taken.
/// </summary>
public sealed unsafe class CoverageMap : IDisposable
{
    /// <summary>The size of the map, fixed by the instrumentation.</summary>
    public const int Size = 1 << 16;

    private readonly byte* _trace = (byte*)NativeMemory.AlignedAlloc(Size, 64);
    private readonly byte[] _seen = new byte[Size];

    /// <summary>Makes this map the one that instrumented code counts in. Without it instrumented code cannot run.</summary>
    public CoverageMap()
    {
        new Span<byte>(_trace, Size).Clear();
        Trace.SharedMem = _trace;
    }

    /// <summary>How many edges were ever taken.</summary>
    public int Edges { get; private set; }

    /// <summary>The counts of the run under way; a target of the engine's own tests counts here by itself.</summary>
    public Span<byte> Counts => new(_trace, Size);

    /// <summary>Begins a run.</summary>
    public void Begin()
    {
        Counts.Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Ends a run: adds what it took to what is known, and says whether any of it is new.</summary>
    public bool Learn()
    {
        var news = false;
        var words = MemoryMarshal.Cast<byte, Vector<byte>>(Counts);
        for (var word = 0; word < words.Length; word++)
        {
            if (words[word] == Vector<byte>.Zero)
                continue;
            for (var index = word * Vector<byte>.Count; index < (word + 1) * Vector<byte>.Count; index++)
            {
                var bucket = Bucket(_trace[index]);
                if ((bucket & ~_seen[index]) == 0)
                    continue;
                Edges += _seen[index] == 0 ? 1 : 0;
                _seen[index] |= bucket;
                news = true;
            }
        }
        return news;
    }

    /// <summary>A number for what the run took, counts by their class included.</summary>
    public ulong Fingerprint()
    {
        var hash = 14695981039346656037UL;
        var words = MemoryMarshal.Cast<byte, ulong>(Counts);
        for (var word = 0; word < words.Length; word++)
        {
            if (words[word] == 0)
                continue;
            for (var index = word * sizeof(ulong); index < (word + 1) * sizeof(ulong); index++)
                hash = (hash ^ ((ulong)index << 8 | Bucket(_trace[index]))) * 1099511628211UL;
        }
        return hash;
    }

    /// <summary>The edges that the run took, without their counts.</summary>
    public HashSet<int> Taken()
    {
        var taken = new HashSet<int>();
        for (var index = 0; index < Size; index++)
        {
            if (_trace[index] != 0)
                taken.Add(index);
        }
        return taken;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Trace.SharedMem = null;
        NativeMemory.AlignedFree(_trace);
    }

    // One bit for each class of counts: a loop that runs three times is another thing than one that runs a hundred times.
    private static byte Bucket(byte count) => count switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
