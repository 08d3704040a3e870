using System.Buffers;
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
        var octets = new ArrayBufferWriter<byte>();
        octets.Write(signature.Head);
        octets.Write(signature.Signer.Octets);
        foreach (var data in set.Data)
        {
            octets.Write(owner.Octets);
            var head = octets.GetSpan(FixedLength);
            BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)set.Type);
            BinaryPrimitives.WriteUInt16BigEndian(head[2..], ClassIn);
            BinaryPrimitives.WriteUInt32BigEndian(head[4..], signature.OriginalTtl);
            BinaryPrimitives.WriteUInt16BigEndian(head[8..], (ushort)data.Length);
            octets.Advance(FixedLength);
            octets.Write(data);
        }
        return octets.WrittenSpan.ToArray();
    }
}
