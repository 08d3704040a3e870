using System.Buffers.Binary;

namespace Mail.Security.Testing;

/// <summary>Makes RRSIG records (RFC 4034 §3, RFC 4035 §2.2).</summary>
internal static class RecordSigner
{
    /// <summary>One signature for each key that signs such records.</summary>
    /// <param name="set">Records of one owner and type, their data in canonical form.</param>
    /// <param name="labels">The labels of the name they were signed at: fewer than the owner's when a wildcard made them.</param>
    /// <param name="zone">The zone that signs.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<SignedDnsRecord> Sign(IReadOnlyList<SignedDnsRecord> set, int labels, SignedZone zone, DateTimeOffset now) =>
        zone.SignersOf(set[0].Type).Select(key => Sign(set, labels, zone, key, new SignatureChange(), now));

    /// <summary>One signature by one key, with departures.</summary>
    public static SignedDnsRecord Sign(IReadOnlyList<SignedDnsRecord> set, int labels, SignedZone zone, DnssecTestKey key, SignatureChange change, DateTimeOffset now)
    {
        var owner = ZoneName.Parse(set[0].Owner);
        var ttl = change.OriginalTtl ?? (uint)set[0].Ttl.TotalSeconds;
        var claimed = change.Labels ?? labels;
        var head = new byte[18];
        BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)set[0].Type);
        (head[2], head[3]) = ((byte)(change.Algorithm ?? key.Algorithm), (byte)claimed);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(4), ttl);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(8), Serial(now + (change.Expiration ?? zone.Options.SignedFor)));
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(12), Serial(now + (change.Inception ?? -zone.Options.SignedSince)));
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(16), (ushort)(change.KeyTag ?? key.Tag));
        var signer = (change.Signer is { } other ? ZoneName.Parse(other) : zone.Apex).Wire;
        // RFC 4035 §5.3.2: what a wildcard made is signed under the wildcard's name.
        var signedAt = claimed < owner.SignedLabels ? owner.Ancestor(claimed).Prepend("*") : owner;
        var fixedPart = new byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart, (ushort)set[0].Type);
        fixedPart[3] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(fixedPart.AsSpan(4), ttl);
        var signed = new List<byte>([.. head, .. signer]);
        foreach (var data in set.Select(static record => record.Data.ToArray()).OrderBy(Convert.ToHexString, StringComparer.Ordinal).DistinctBy(Convert.ToHexString))
        {
            signed.AddRange([.. signedAt.Wire, .. fixedPart[..8], (byte)(data.Length >> 8), (byte)data.Length, .. data]);
        }
        return new(set[0].Owner, DnsRecordType.Rrsig, set[0].Ttl, (byte[])[.. head, .. signer, .. key.Sign([.. signed])]);
    }

    // RFC 4034 §3.1.5: seconds that wrap.
    private static uint Serial(DateTimeOffset moment) => (uint)moment.ToUnixTimeSeconds();
}
