namespace Mail.Security.Testing;

/// <summary>Writes the types of an NSEC or NSEC3 record (RFC 4034 §4.1.2).</summary>
internal static class TypeWindows
{
    public static byte[] Of(IReadOnlyCollection<DnsRecordType> types)
    {
        var octets = new List<byte>();
        foreach (var window in types.Select(static type => (int)type).Distinct().GroupBy(static type => type >> 8).OrderBy(static group => group.Key))
        {
            var bits = new byte[(window.Max() & 0xFF) / 8 + 1];
            foreach (var type in window)
                bits[(type & 0xFF) / 8] |= (byte)(0x80 >> (type & 7));
            octets.AddRange([(byte)window.Key, (byte)bits.Length, .. bits]);
        }
        return [.. octets];
    }
}
