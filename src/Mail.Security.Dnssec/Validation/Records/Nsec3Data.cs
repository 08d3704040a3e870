using System.Buffers.Binary;

namespace Mail.Security.Dnssec;

/// <summary>What exists at a hashed name, and the next hash of the zone (RFC 5155 §3).</summary>
internal sealed record Nsec3Data(CanonicalName Zone, byte[] Hash, byte Flags, ushort Iterations, byte[] Salt, byte[] Next, TypeBitmap Types)
{
    private const byte Sha1 = 1;
    private const int HashLength = 20;
    private const int LabelLength = 32;

    /// <summary>Whether an insecure delegation may hide in the gap (RFC 5155 §3.1.2.1).</summary>
    public bool IsOptOut => (Flags & 1) != 0;

    /// <summary>Reads a record; false also where the hash or a flag is one we must ignore (RFC 5155 §8.1, §8.2).</summary>
    public static bool TryRead(CanonicalName owner, ReadOnlySpan<byte> data, out Nsec3Data record)
    {
        record = null!;
        if (owner.IsRoot || owner.Octets[0] != LabelLength || !TryReadHash(owner.Octets.Slice(1, LabelLength), out var hash))
            return false;
        if (data.Length < 6 || data[0] != Sha1 || data[1] > 1)
            return false;
        var (flags, iterations, salt) = (data[1], BinaryPrimitives.ReadUInt16BigEndian(data[2..]), (int)data[4]);
        data = data[5..];
        if (data.Length < salt + 1 || data[salt] != HashLength || data.Length < salt + 1 + HashLength
            || !TypeBitmap.TryRead(data[(salt + 1 + HashLength)..], out var types))
        {
            return false;
        }
        record = new(owner.Parent, hash, flags, iterations, [.. data[..salt]], [.. data.Slice(salt + 1, HashLength)], types);
        return true;
    }

    public bool Matches(ReadOnlySpan<byte> hash) => hash.SequenceEqual(Hash);

    /// <summary>Whether a hash lies in the gap behind this one; the last gap leads around (RFC 5155 §3.1.7).</summary>
    public bool Covers(ReadOnlySpan<byte> hash)
    {
        var (afterOwner, beforeNext) = (hash.SequenceCompareTo(Hash) > 0, hash.SequenceCompareTo(Next) < 0);
        return Next.AsSpan().SequenceCompareTo(Hash) > 0 ? afterOwner && beforeNext : afterOwner || beforeNext;
    }

    // RFC 4648 §7: base32 with the extended hex alphabet; the label is in lower case already.
    private static bool TryReadHash(ReadOnlySpan<byte> label, out byte[] hash)
    {
        hash = new byte[HashLength];
        var (bits, count, at) = (0, 0, 0);
        foreach (var octet in label)
        {
            var value = octet switch
            {
                >= (byte)'0' and <= (byte)'9' => octet - '0',
                >= (byte)'a' and <= (byte)'v' => octet - 'a' + 10,
                _ => -1,
            };
            if (value < 0)
                return false;
            (bits, count) = (((bits << 5) | value) & 0xFFFF, count + 5);
            if (count < 8)
                continue;
            count -= 8;
            hash[at++] = (byte)(bits >> count);
        }
        return true;
    }
}
