using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Mail.Security.Testing;

/// <summary>A key of a test zone, made at run time: the DNSKEY record and what signs by it.</summary>
public sealed class DnssecTestKey
{
    /// <summary>The flags of a key that signs records (RFC 4034 §2.1.1).</summary>
    public const int ZoneSigningFlags = 256;

    /// <summary>The flags of a key that signs keys, and that DS records name.</summary>
    public const int KeySigningFlags = 257;

    /// <summary>The flag by which a key is taken back (RFC 5011 §2.1).</summary>
    public const int RevokedFlag = 128;

    private const int Head = 4;
    private const byte DnssecProtocol = 3;
    private const int DecoyModulus = 128;
    private readonly byte[] _data;

    private DnssecTestKey(int flags, byte protocol, byte algorithm, ReadOnlySpan<byte> key, Func<byte[], byte[]> sign)
    {
        _data = [(byte)(flags >> 8), (byte)flags, protocol, algorithm, .. key];
        Sign = sign;
    }

    /// <summary>The flags (RFC 4034 §2.1.1).</summary>
    public int Flags => BinaryPrimitives.ReadUInt16BigEndian(_data);

    /// <summary>The number of the algorithm.</summary>
    public int Algorithm => _data[3];

    /// <summary>The tag by which signatures and DS records name the key (RFC 4034 appendix B).</summary>
    public int Tag => TagOf(_data);

    /// <summary>The data of the DNSKEY record.</summary>
    public ReadOnlyMemory<byte> Data => _data;

    internal Func<byte[], byte[]> Sign { get; }

    /// <summary>Makes a key pair.</summary>
    /// <param name="algorithm">Its algorithm.</param>
    /// <param name="flags">Its flags.</param>
    /// <returns>The key.</returns>
    public static DnssecTestKey Create(DnssecTestAlgorithm algorithm, int flags = ZoneSigningFlags)
    {
        var (key, sign) = DnssecTestKeyPairs.Create(algorithm);
        return new(flags, DnssecProtocol, (byte)algorithm, key, sign);
    }

    /// <summary>Makes an RSA key of a given tag that nobody can sign by, to be costly for validators (CVE-2023-50387): what it signs is noise.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="flags">Its flags.</param>
    /// <returns>The key.</returns>
    public static DnssecTestKey CreateDecoy(int tag, int flags = ZoneSigningFlags)
    {
        byte[] key = [3, 1, 0, 1, .. RandomNumberGenerator.GetBytes(DecoyModulus)];
        (key[4], key[^1]) = ((byte)(key[4] | 0x80), (byte)(key[^1] | 1));
        var decoy = new DnssecTestKey(flags, DnssecProtocol, (byte)DnssecTestAlgorithm.RsaSha256, key, static _ => [0, .. RandomNumberGenerator.GetBytes(DecoyModulus - 1)]);
        var word = decoy._data.AsSpan(Head + 20, 2);
        word.Clear();
        var rest = SumOf(decoy._data);
        for (var value = 0; value <= ushort.MaxValue; value++)
        {
            if (Fold(rest + value) == tag)
            {
                BinaryPrimitives.WriteUInt16BigEndian(word, (ushort)value);
                break;
            }
        }
        return decoy.Tag == tag ? decoy : CreateDecoy(tag, flags);
    }

    /// <summary>The same key pair under other fields; its tag is another then.</summary>
    /// <param name="flags">The flags; null for the same.</param>
    /// <param name="algorithm">The number of the algorithm; null for the same.</param>
    /// <param name="protocol">The protocol (RFC 4034 §2.1.2); null for the same.</param>
    /// <returns>The key.</returns>
    public DnssecTestKey With(int? flags = null, int? algorithm = null, int? protocol = null) =>
        new(flags ?? Flags, (byte)(protocol ?? _data[2]), (byte)(algorithm ?? Algorithm), _data.AsSpan(Head), Sign);

    /// <summary>The data of the DS record that names this key (RFC 4034 §5.1.4); of an unknown type of digest it is noise.</summary>
    /// <param name="zone">The zone whose key it is.</param>
    /// <param name="digestType">1 for SHA-1, 2 for SHA-256, 4 for SHA-384.</param>
    /// <returns>Tag, algorithm, type and digest.</returns>
    public byte[] ToDelegationSigner(string zone, int digestType = 2)
    {
        byte[] hashed = [.. ZoneName.Parse(zone).Wire, .. _data];
#pragma warning disable CA5350 // What such records are is what is tested.
        var digest = digestType switch
        {
            1 => SHA1.HashData(hashed),
            2 => SHA256.HashData(hashed),
            4 => SHA384.HashData(hashed),
            _ => RandomNumberGenerator.GetBytes(32),
        };
#pragma warning restore CA5350
        return [(byte)(Tag >> 8), (byte)Tag, (byte)Algorithm, (byte)digestType, .. digest];
    }

    private static int TagOf(byte[] data) => Fold(SumOf(data));

    private static int SumOf(byte[] data)
    {
        var sum = 0;
        for (var i = 0; i < data.Length; i++)
            sum += i % 2 == 0 ? data[i] << 8 : data[i];
        return sum;
    }

    private static int Fold(int sum) => (sum + (sum >> 16)) & 0xFFFF;
}
