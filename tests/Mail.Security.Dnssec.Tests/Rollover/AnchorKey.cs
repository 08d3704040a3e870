using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Mail.Security.Dnssec.Tests.Rollover;

/// <summary>A key of the zone "example", made at run time, that signs the zone's keys and its addresses.</summary>
internal sealed class AnchorKey : IDisposable
{
    public const string Zone = "example";
    private static readonly byte[] Name = TestMessage.Name(Zone);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ushort Flags { get; set; } = 257;

    public byte[] Data
    {
        get
        {
            var point = _key.ExportParameters(includePrivateParameters: false).Q;
            return [.. TestMessage.Word(Flags), 3, 13, .. point.X!, .. point.Y!];
        }
    }

    public DnskeyRecord Record => new(Flags, 3, 13, Data.AsMemory(4));

    public TrustAnchor Anchor
    {
        get
        {
            Assert.True(DnsKeyData.TryRead([1, 1, .. Data.AsSpan(2)], out var key));
            return AnchorLine.Of(key, CanonicalName.Of(Name), DomainName.ParseLax(Zone));
        }
    }

    public void Dispose() => _key.Dispose();

    /// <summary>The data of a signature over records of one owner and type.</summary>
    public byte[] Sign(string owner, ushort type, uint ttl, DateTimeOffset now, params byte[][] records)
    {
        var name = TestMessage.Name(owner);
        byte[] head =
        [
            .. TestMessage.Word(type), 13, (byte)owner.Split('.').Length, .. TestMessage.Long(ttl), .. Moment(now.AddDays(14)), .. Moment(now.AddDays(-1)), .. TestMessage.Word(DnsKeyData.TagOf(Data)),
        ];
        byte[] signed = [.. head, .. Name];
        foreach (var data in records.OrderBy(Convert.ToHexString, StringComparer.Ordinal))
            signed = [.. signed, .. TestMessage.Record(name, (DnsClient.Protocol.ResourceRecordType)type, ttl, data)];
        return [.. head, .. Name, .. _key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)];
    }

    /// <summary>Puts signatures before the answers of a message.</summary>
    public static byte[] Insert(byte[] answer, string owner, uint ttl, params IEnumerable<byte[]> signatures)
    {
        var at = 12;
        while (answer[at] != 0)
            at += answer[at] + 1;
        at += 5;
        var count = BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6));
        byte[] signed = [.. answer[..at]];
        foreach (var data in signatures)
            (signed, count) = ([.. signed, .. TestMessage.Record(TestMessage.Name(owner), DnsClient.Protocol.ResourceRecordType.RRSIG, ttl, data)], (ushort)(count + 1));
        BinaryPrimitives.WriteUInt16BigEndian(signed.AsSpan(6), count);
        return [.. signed, .. answer[at..]];
    }

    private static byte[] Moment(DateTimeOffset moment) => TestMessage.Long((uint)moment.ToUnixTimeSeconds());
}
