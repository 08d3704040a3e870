using System.Globalization;
using System.Text;

namespace Mail.Security.Testing;

/// <summary>A name in a test zone, in lower case, with the order of RFC 4034 §6.1; deliberately not the resolver's own code.</summary>
internal sealed class ZoneName : IEquatable<ZoneName>, IComparable<ZoneName>
{
    private readonly byte[][] _labels;          // the root's side last

    private ZoneName(byte[][] labels)
    {
        _labels = labels;
        Wire = [.. labels.SelectMany(static label => label.Prepend((byte)label.Length)), 0];
    }

    public int Labels => _labels.Length;

    public bool IsWildcard => _labels is [[(byte)'*'], ..];

    /// <summary>Without a leading asterisk, as RRSIG records count (RFC 4034 §3.1.3).</summary>
    public int SignedLabels => IsWildcard ? Labels - 1 : Labels;

    public byte[] Wire { get; }

    public ZoneName Parent => new(_labels[1..]);

    /// <summary>Reads text: labels and dots, <c>\DDD</c> for an octet, "." or nothing for the root, relative to nothing.</summary>
    public static ZoneName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var labels = new List<byte[]>();
        var label = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '.')
            {
                if (label.Count > 0)
                    labels.Add([.. label]);
                label.Clear();
            }
            else if (text[i] == '\\' && i + 3 < text.Length)
            {
                label.Add(byte.Parse(text.AsSpan(i + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture));
                i += 3;
            }
            else
            {
                label.Add((byte)char.ToLowerInvariant(text[i]));
            }
        }
        if (label.Count > 0)
            labels.Add([.. label]);
        if (labels.Exists(static one => one.Length > 63) || labels.Sum(static one => one.Length + 1) > 254)
            throw new FormatException($"No name: '{text}'.");
        return new([.. labels]);
    }

    public static ZoneName Read(ReadOnlySpan<byte> wire)
    {
        var labels = new List<byte[]>();
        for (; wire[0] != 0; wire = wire[(wire[0] + 1)..])
            labels.Add(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(wire.Slice(1, wire[0])).ToLowerInvariant()));
        return new([.. labels]);
    }

    public ZoneName Ancestor(int labels) => new(_labels[(Labels - labels)..]);

    public ZoneName Prepend(string label) => new([Encoding.ASCII.GetBytes(label), .. _labels]);

    public bool IsAtOrBelow(ZoneName other) => Labels >= other.Labels && Ancestor(other.Labels).Equals(other);

    public bool IsBelow(ZoneName other) => Labels > other.Labels && IsAtOrBelow(other);

    /// <summary>The name with one ancestor put in place of another (RFC 6672 §2.2).</summary>
    public ZoneName Move(ZoneName from, ZoneName to) => new([.. _labels[..(Labels - from.Labels)], .. to._labels]);

    public int CompareTo(ZoneName? other)
    {
        if (other is null)
            return 1;
        for (var i = 1; i <= Math.Min(Labels, other.Labels); i++)
        {
            var order = _labels[^i].AsSpan().SequenceCompareTo(other._labels[^i]);
            if (order != 0)
                return order;
        }
        return Labels - other.Labels;
    }

    public bool Equals(ZoneName? other) => other is not null && Wire.AsSpan().SequenceEqual(other.Wire);

    public override bool Equals(object? obj) => Equals(obj as ZoneName);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Wire);
        return hash.ToHashCode();
    }

    public override string ToString()
    {
        if (Labels == 0)
            return ".";
        return string.Join('.', _labels.Select(static label => string.Concat(label.Select(static octet =>
            octet is > (byte)' ' and <= (byte)'~' and not (byte)'.' and not (byte)'\\' ? ((char)octet).ToString() : string.Create(CultureInfo.InvariantCulture, $"\\{octet:D3}")))));
    }
}
