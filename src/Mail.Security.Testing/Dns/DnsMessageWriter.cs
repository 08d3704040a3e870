using System.Buffers.Binary;
using System.Text;

namespace Mail.Security.Testing;

/// <summary>Writes one message, its names compressed or whole; deliberately not the resolver's own code.</summary>
/// <remarks>A name is pointed to where the same octets stand, so that the case of its letters stays. Data that holds no names where they should be is written as it is.</remarks>
internal sealed class DnsMessageWriter(DnsNameCompression compression)
{
    private const int FarthestTarget = 0x3FFF;      // RFC 1035 §4.1.4: 14 bits
    private const int LongestLabel = 63;

    private readonly List<byte> _message = [];
    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);

    public byte[] ToArray() => [.. _message];

    public void Word(int value) => _message.AddRange((byte)(value >> 8), (byte)value);

    public void Long(uint value)
    {
        Word((int)(value >> 16));
        Word((int)(value & 0xFFFF));
    }

    public void Octets(ReadOnlySpan<byte> octets) => _message.AddRange(octets);

    /// <summary>The question as it came, for later names to point to.</summary>
    public void Question(ReadOnlySpan<byte> section)
    {
        var name = section[..^4];
        if (LengthOfName(name) == name.Length)
            Name(name, DnsNameCompression.None);
        else
            Octets(name);
        Octets(section[^4..]);
    }

    public void Record(ReadOnlySpan<byte> owner, DnsRecordType type, TimeSpan ttl, ReadOnlySpan<byte> data)
    {
        Name(owner, compression);
        Word((int)type);
        Word(1);
        Long((uint)ttl.TotalSeconds);
        var at = _message.Count;
        Word(0);
        Data(type, data);
        BinaryPrimitives.WriteUInt16BigEndian(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_message)[at..], checked((ushort)(_message.Count - at - 2)));
    }

    // RFC 1035 §3.3: how many octets stand before the names, and how many names follow.
    private static (int Before, int Names) Layout(DnsRecordType type) => type switch
    {
        DnsRecordType.Ns or DnsRecordType.Cname or DnsRecordType.Ptr => (0, 1),
        DnsRecordType.Soa => (0, 2),
        DnsRecordType.Mx => (2, 1),
        _ => (0, 0),
    };

    private void Data(DnsRecordType type, ReadOnlySpan<byte> data)
    {
        var (before, names) = Layout(type);
        var (at, lengths) = (before, new int[names]);
        for (var i = 0; i < names; i++)
        {
            lengths[i] = at <= data.Length ? LengthOfName(data[at..]) : 0;
            at += lengths[i];
        }
        if (lengths.Contains(0))
        {
            Octets(data);
            return;
        }
        Octets(data[..before]);
        data = data[before..];
        foreach (var length in lengths)
        {
            Name(data[..length], compression);
            data = data[length..];
        }
        Octets(data);
    }

    private void Name(ReadOnlySpan<byte> wire, DnsNameCompression how)
    {
        for (; wire[0] != 0; wire = wire[(wire[0] + 1)..])
        {
            var rest = Encoding.Latin1.GetString(wire);
            if (how == DnsNameCompression.Usual && _known.TryGetValue(rest, out var target))
            {
                Word(0xC000 | target);
                return;
            }
            if (_message.Count <= FarthestTarget)
                _known.TryAdd(rest, _message.Count);
            Octets(wire[..(wire[0] + 1)]);
        }
        _message.Add(0);
    }

    // Zero where no name is.
    private static int LengthOfName(ReadOnlySpan<byte> octets)
    {
        for (var at = 0; at < octets.Length; at += octets[at] + 1)
        {
            if (octets[at] == 0)
                return at + 1;
            if (octets[at] > LongestLabel)
                return 0;
        }
        return 0;
    }
}
