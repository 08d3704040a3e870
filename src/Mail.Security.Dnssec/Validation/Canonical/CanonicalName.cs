using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Mail.Security.Dnssec;

/// <summary>A domain name in canonical form: uncompressed, ASCII letters in lower case (RFC 4034 §6.2), with the canonical order (§6.1).</summary>
internal sealed class CanonicalName : IEquatable<CanonicalName>, IComparable<CanonicalName>
{
    private const int MaxLength = 255;      // RFC 1035 §2.3.4

    public static readonly CanonicalName Root = new([0]);

    private readonly byte[] _octets;
    private readonly int _hash;

    private CanonicalName(byte[] octets)
    {
        _octets = octets;
        for (var at = 0; octets[at] != 0; at += octets[at] + 1)
            Labels++;
        var hash = new HashCode();
        hash.AddBytes(octets);
        _hash = hash.ToHashCode();
    }

    /// <summary>How many labels there are, without the root.</summary>
    public int Labels { get; }

    public ReadOnlySpan<byte> Octets => _octets;

    public bool IsRoot => _octets.Length == 1;

    /// <summary>True when the first label is the asterisk alone (RFC 4592 §2.1.1).</summary>
    public bool IsWildcard => _octets is [1, (byte)'*', ..];

    /// <summary>The name without its first label; the root of the root.</summary>
    public CanonicalName Parent => IsRoot ? this : new(_octets[(_octets[0] + 1)..]);

    /// <summary>Reads an uncompressed name.</summary>
    public static CanonicalName Of(ReadOnlySpan<byte> octets)
    {
        var folded = octets.ToArray();
        for (var i = 0; i < folded.Length; i++)         // a length octet is at most 63, below every letter
        {
            if (folded[i] is >= (byte)'A' and <= (byte)'Z')
                folded[i] |= 0x20;
        }
        return new(folded);
    }

    /// <summary>Reads record data that is one uncompressed name and nothing else; anybody may have written it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, [NotNullWhen(true)] out CanonicalName? name)
    {
        var at = 0;
        name = WireName.TryRead(data, ref at, data.Length, out var octets) && at == data.Length ? Of(octets) : null;
        return name is not null;
    }

    public static CanonicalName Of(DomainName name) => name.IsEmpty ? Root : Of(WireName.Encode(name));

    /// <summary>The ancestor with so many labels, or the name itself.</summary>
    public CanonicalName Ancestor(int labels)
    {
        var at = 0;
        for (var left = Labels; left > labels; left--)
            at += _octets[at] + 1;
        return at == 0 ? this : new(_octets[at..]);
    }

    /// <summary>True when this is the other name or lies below it.</summary>
    public bool IsAtOrBelow(CanonicalName other)
    {
        if (other.Labels > Labels)
            return false;
        var at = 0;
        for (var left = Labels; left > other.Labels; left--)
            at += _octets[at] + 1;
        return _octets.AsSpan(at).SequenceEqual(other._octets);
    }

    public bool IsBelow(CanonicalName other) => Labels > other.Labels && IsAtOrBelow(other);

    /// <summary>The name with a label before it; null when it would be too long.</summary>
    public CanonicalName? WithLabel(ReadOnlySpan<byte> label)
    {
        if (_octets.Length + label.Length + 1 > MaxLength)
            return null;
        byte[] octets = [(byte)label.Length, .. label, .. _octets];
        return Of(octets);
    }

    /// <summary>The wildcard below this name (RFC 4592 §2.1.1); null when it would be too long, so that there is none.</summary>
    public CanonicalName? Wildcard() => WithLabel("*"u8);

    /// <summary>The name with one ancestor replaced by another name, as a DNAME does (RFC 6672 §2.2); null when it would be too long.</summary>
    public CanonicalName? Replace(CanonicalName ancestor, CanonicalName target)
    {
        var kept = _octets.Length - ancestor._octets.Length;
        if (kept + target._octets.Length > MaxLength)
            return null;
        byte[] octets = [.. _octets.AsSpan(0, kept), .. target._octets];
        return new(octets);
    }

    /// <summary>The longest name that is at or above both.</summary>
    public static CanonicalName CommonAncestor(CanonicalName left, CanonicalName right)
    {
        var labels = Math.Min(left.Labels, right.Labels);
        var (one, other) = (left.Ancestor(labels), right.Ancestor(labels));
        while (!one.Equals(other))
            (one, other) = (one.Parent, other.Parent);
        return one;
    }

    /// <summary>RFC 4034 §6.1: label by label from the root, each as unsigned octets, and the shorter first.</summary>
    public int CompareTo(CanonicalName? other)
    {
        if (other is null)
            return 1;
        Span<byte> ours = stackalloc byte[MaxLength / 2 + 1], theirs = stackalloc byte[MaxLength / 2 + 1];
        var (left, right) = (Starts(ours), other.Starts(theirs));
        while (left > 0 && right > 0)
        {
            var (a, b) = (ours[--left], theirs[--right]);
            var order = _octets.AsSpan(a + 1, _octets[a]).SequenceCompareTo(other._octets.AsSpan(b + 1, other._octets[b]));
            if (order != 0)
                return order;
        }
        return left - right;
    }

    public bool Equals(CanonicalName? other) => other is not null && _hash == other._hash && _octets.AsSpan().SequenceEqual(other._octets);

    public override bool Equals(object? obj) => Equals(obj as CanonicalName);

    public override int GetHashCode() => _hash;

    /// <summary>The name as text (RFC 1035 §5.1): no trailing dot, other octets than visible ASCII as \DDD; "." for the root.</summary>
    public override string ToString()
    {
        if (IsRoot)
            return ".";
        var text = new StringBuilder(_octets.Length);
        for (var at = 0; _octets[at] != 0; at += _octets[at] + 1)
        {
            if (at > 0)
                text.Append('.');
            foreach (var octet in _octets.AsSpan(at + 1, _octets[at]))
            {
                if (octet is (byte)'.' or (byte)'\\')
                    text.Append('\\').Append((char)octet);
                else if (octet is > (byte)' ' and <= (byte)'~')
                    text.Append((char)octet);
                else
                    text.Append(CultureInfo.InvariantCulture, $"\\{octet:D3}");
            }
        }
        return text.ToString();
    }

    private int Starts(Span<byte> starts)
    {
        var count = 0;
        for (var at = 0; _octets[at] != 0; at += _octets[at] + 1)
            starts[count++] = (byte)at;
        return count;
    }
}
