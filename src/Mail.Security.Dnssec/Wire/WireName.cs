using System.Text;

namespace Mail.Security.Dnssec;

/// <summary>Domain names as octets: length-prefixed labels, uncompressed, the case as received (RFC 1035 §3.1).</summary>
internal static class WireName
{
    private const int MaxLength = 255;      // RFC 1035 §2.3.4
    private const int MaxLabel = 63;
    private const int Pointer = 0xC0;       // RFC 1035 §4.1.4
    private const int MaxHops = 127;        // one before each label is more than any writer makes

    public static byte[] Encode(DomainName name)
    {
        if (name.IsEmpty)
            return [0];
        var ascii = name.Ascii;
        var octets = new byte[ascii.Length + 2];
        var lengthAt = 0;
        for (var i = 0; i <= ascii.Length; i++)
        {
            if (i < ascii.Length && ascii[i] != '.')
            {
                octets[i + 1] = (byte)ascii[i];
                continue;
            }
            octets[lengthAt] = (byte)(i - lengthAt);
            lengthAt = i + 1;
        }
        return octets;
    }

    /// <summary>Reads a name and follows its compression pointers; each must point before where the name began, so every walk ends.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="at">Where the name begins; behind it afterwards.</param>
    /// <param name="end">Where the octets that may belong to the name end, pointers aside.</param>
    /// <param name="name">The name without compression.</param>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int at, int end, out byte[] name)
    {
        name = [];
        Span<byte> octets = stackalloc byte[MaxLength];
        var (length, cursor, limit, earliest, behind, hops) = (0, at, end, at, -1, 0);
        while (cursor < limit)
        {
            int size = message[cursor];
            if ((size & Pointer) == Pointer)
            {
                if (cursor + 2 > limit || ++hops > MaxHops)
                    return false;
                behind = behind < 0 ? cursor + 2 : behind;
                var target = ((size & ~Pointer) << 8) | message[cursor + 1];
                if (target >= earliest)
                    return false;
                (cursor, limit, earliest) = (target, message.Length, target);
                continue;
            }
            if (size > MaxLabel || cursor + 1 + size > limit || length + 1 + size > MaxLength)
                return false;
            message.Slice(cursor, size + 1).CopyTo(octets[length..]);
            (length, cursor) = (length + size + 1, cursor + size + 1);
            if (size != 0)
                continue;
            at = behind < 0 ? cursor : behind;
            name = octets[..length].ToArray();
            return true;
        }
        return false;
    }

    /// <summary>True when two names are the same but for the case of ASCII letters (RFC 1035 §2.3.3).</summary>
    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
            return false;
        for (var i = 0; i < left.Length; i++)       // a length octet is at most 63, below every letter
        {
            if (Fold(left[i]) != Fold(right[i]))
                return false;
        }
        return true;
    }

    /// <summary>True when a name is another or lies below it.</summary>
    public static bool IsAtOrBelow(ReadOnlySpan<byte> name, ReadOnlySpan<byte> ancestor)
    {
        while (name.Length > ancestor.Length)
            name = name[(name[0] + 1)..];
        return AreEqual(name, ancestor);
    }

    public static bool IsRoot(ReadOnlySpan<byte> name) => name.Length == 1;

    /// <summary>Reads a name into the value the suite works with; false for the root and for a name that is no domain name even by the lax rules.</summary>
    public static bool TryToDomainName(ReadOnlySpan<byte> octets, out DomainName name)
    {
        var text = new StringBuilder(octets.Length);
        for (; octets.Length > 1; octets = octets[(octets[0] + 1)..])
        {
            foreach (var octet in octets.Slice(1, octets[0]))
            {
                if (octet is (byte)'.' or <= (byte)' ' or > (byte)'~')
                {
                    name = default;
                    return false;
                }
                text.Append((char)Fold(octet));
            }
            if (octets[octets[0] + 1] != 0)
                text.Append('.');
        }
        var ascii = text.ToString();
        if (DomainName.TryParseLax(ascii, out name) && string.Equals(name.Ascii, ascii, StringComparison.Ordinal))
            return true;
        name = default;
        return false;
    }

    /// <summary>Reads the name of an owner that was asked for: also the root, as the empty name, and that of a wildcard.</summary>
    public static bool TryToOwner(ReadOnlySpan<byte> octets, out DomainName name)
    {
        name = default;
        if (IsRoot(octets))
            return true;
        if (octets is not [1, (byte)'*', ..])
            return TryToDomainName(octets, out name);
        const int MostBelow = MaxLength - 4;        // what was read is not longer than a name can be; its text has neither the first length octet nor the root
        if (!TryToDomainName(octets[2..], out var below) || below.Ascii.Length > MostBelow)
            return false;
        name = below.Prepend("*");
        return true;
    }

    private static byte Fold(byte octet) => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;
}
