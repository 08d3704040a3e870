using System.Buffers.Binary;
using System.Text;

namespace Mail.Security.Testing;

/// <summary>The little of the DNS wire format the test server writes; deliberately not the resolver's own code.</summary>
internal static class DnsWire
{
    public const int HeaderLength = 12;

    /// <summary>A name as length-prefixed labels, uncompressed (RFC 1035 §3.1); the empty name is the root.</summary>
    public static byte[] EncodeName(DomainName name)
    {
        if (name.IsEmpty)
            return [0];
        var ascii = name.Ascii;
        var octets = new byte[ascii.Length + 2];
        var at = 0;
        foreach (var label in ascii.Split('.'))
        {
            octets[at] = (byte)label.Length;
            at += 1 + Encoding.ASCII.GetBytes(label, octets.AsSpan(at + 1));
        }
        return octets;
    }

    /// <summary>Numbers of 16 bits, one after the other.</summary>
    public static byte[] Numbers(params ReadOnlySpan<ushort> numbers)
    {
        var octets = new byte[numbers.Length * 2];
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(i * 2), numbers[i]);
        return octets;
    }

    public static byte[] Number(uint number)
    {
        var octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, number);
        return octets;
    }

    public static byte[] Seconds(TimeSpan time) => Number(checked((uint)time.TotalSeconds));

    /// <summary>Character-strings of at most 255 octets each (RFC 1035 §3.3.14); an empty text is one empty string.</summary>
    public static byte[] EncodeText(ReadOnlySpan<byte> text)
    {
        var octets = new List<byte>(text.Length + 1 + (text.Length / 255));
        do
        {
            var part = text[..Math.Min(255, text.Length)];
            octets.Add((byte)part.Length);
            octets.AddRange(part);
            text = text[part.Length..];
        }
        while (!text.IsEmpty);
        return [.. octets];
    }
}
