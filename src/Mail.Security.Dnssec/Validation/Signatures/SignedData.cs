using System.Buffers.Binary;

namespace Mail.Security.Dnssec;

/// <summary>Puts together what a signature was made over (RFC 4035 §5.3.2).</summary>
internal static class SignedData
{
    private const ushort ClassIn = 1;
    private const int FixedLength = 10;

    /// <summary>The octets; null when the wildcard that the labels speak of would be no name.</summary>
    public static byte[]? Of(RecordSet set, SignatureData signature)
    {
        var owner = set.SignedLabels > signature.Labels ? set.Owner.Ancestor(signature.Labels).Wildcard() : set.Owner;
        if (owner is null)
            return null;
        var length = signature.Head.Length + signature.Signer.Octets.Length + set.Data.Sum(data => owner.Octets.Length + FixedLength + data.Length);
        var octets = new byte[length];
        var at = octets.AsSpan();
        Append(ref at, signature.Head);
        Append(ref at, signature.Signer.Octets);
        foreach (var data in set.Data)
        {
            Append(ref at, owner.Octets);
            BinaryPrimitives.WriteUInt16BigEndian(at, (ushort)set.Type);
            BinaryPrimitives.WriteUInt16BigEndian(at[2..], ClassIn);
            BinaryPrimitives.WriteUInt32BigEndian(at[4..], signature.OriginalTtl);
            BinaryPrimitives.WriteUInt16BigEndian(at[8..], (ushort)data.Length);
            at = at[FixedLength..];
            Append(ref at, data);
        }
        return octets;
    }

    private static void Append(ref Span<byte> at, ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(at);
        at = at[octets.Length..];
    }
}
