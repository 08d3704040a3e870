using System.Net;
using FsCheck.Xunit;

namespace Mail.Security.Transports.Tests;

public sealed class AddressKindsTests
{
    public static TheoryData<string, AddressKind> Addresses() => new()
    {
        { "8.8.8.8", AddressKind.Public },
        { "1.0.0.0", AddressKind.Public },
        { "223.255.255.255", AddressKind.Public },
        { "0.0.0.0", AddressKind.Unspecified },
        { "0.1.2.3", AddressKind.Unspecified },
        { "127.0.0.1", AddressKind.Loopback },
        { "127.255.255.255", AddressKind.Loopback },
        { "9.255.255.255", AddressKind.Public },
        { "10.0.0.0", AddressKind.Private },
        { "10.255.255.255", AddressKind.Private },
        { "11.0.0.0", AddressKind.Public },
        { "172.15.255.255", AddressKind.Public },
        { "172.16.0.0", AddressKind.Private },
        { "172.31.255.255", AddressKind.Private },
        { "172.32.0.0", AddressKind.Public },
        { "192.167.255.255", AddressKind.Public },
        { "192.168.1.1", AddressKind.Private },
        { "192.169.0.0", AddressKind.Public },
        { "169.254.169.254", AddressKind.LinkLocal },
        { "100.63.255.255", AddressKind.Public },
        { "100.64.0.0", AddressKind.Shared },
        { "100.127.255.255", AddressKind.Shared },
        { "100.128.0.0", AddressKind.Public },
        { "224.0.0.1", AddressKind.Multicast },
        { "239.255.255.255", AddressKind.Multicast },
        { "240.0.0.1", AddressKind.Reserved },
        { "255.255.255.255", AddressKind.Reserved },
        { "192.0.0.8", AddressKind.Reserved },
        { "192.88.99.1", AddressKind.Reserved },
        { "192.0.2.1", AddressKind.Documentation },
        { "198.51.100.1", AddressKind.Documentation },
        { "203.0.113.1", AddressKind.Documentation },
        { "198.17.255.255", AddressKind.Public },
        { "198.18.0.0", AddressKind.Benchmark },
        { "198.19.255.255", AddressKind.Benchmark },
        { "198.20.0.0", AddressKind.Public },
        { "2606:4700::1111", AddressKind.Public },
        { "2a00:1450::1", AddressKind.Public },
        { "3ffe::1", AddressKind.Public },
        { "::", AddressKind.Unspecified },
        { "::1", AddressKind.Loopback },
        { "fc00::1", AddressKind.Private },
        { "fdff:ffff::1", AddressKind.Private },
        { "fe80::1", AddressKind.LinkLocal },
        { "fe80::1%2", AddressKind.LinkLocal },
        { "febf::1", AddressKind.LinkLocal },
        { "fec0::1", AddressKind.Private },
        { "ff02::1", AddressKind.Multicast },
        { "2001:db8::1", AddressKind.Documentation },
        { "3fff:fff::1", AddressKind.Documentation },
        { "2001:2::1", AddressKind.Benchmark },
        { "2001:2:1::1", AddressKind.Reserved },
        { "2001:10::1", AddressKind.Reserved },
        { "2001:200::1", AddressKind.Public },
        { "100::1", AddressKind.Reserved },
        { "4000::1", AddressKind.Reserved },
        { "64:ff9b:1::1", AddressKind.Reserved },
        // what leads to an IPv4 address
        { "::ffff:127.0.0.1", AddressKind.Loopback },
        { "::ffff:10.1.2.3", AddressKind.Private },
        { "::ffff:8.8.8.8", AddressKind.Public },
        { "::127.0.0.1", AddressKind.Loopback },
        { "::10.0.0.1", AddressKind.Private },
        { "::2", AddressKind.Unspecified },
        { "64:ff9b::192.168.0.1", AddressKind.Private },
        { "64:ff9b::8.8.8.8", AddressKind.Public },
        { "2002:7f00:1::1", AddressKind.Loopback },
        { "2002:a00:1::1", AddressKind.Private },
        { "2002:808:808::1", AddressKind.Public },
        { "2001:0:808:808:0:ffff:80ff:fffe", AddressKind.Loopback },         // Teredo: 127.0.0.1 with its bits turned
        { "2001:0:7f00:1:0:ffff:f7f7:f7f7", AddressKind.Public },
        { "2606:4700::5efe:10.0.0.1", AddressKind.Private },                 // ISATAP
        { "2606:4700::200:5efe:192.168.0.1", AddressKind.Private },
        { "fe80::5efe:8.8.8.8", AddressKind.LinkLocal },
    };

    [Theory]
    [MemberData(nameof(Addresses))]
    public void Of_Address_IsWhatItIsFor(string address, AddressKind kind) => Assert.Equal(kind, AddressKinds.Of(IPAddress.Parse(address)));

    [Property]
    public void Of_IPv4HiddenInIPv6_SameKind(byte a, byte b, byte c, byte d)
    {
        var plain = new IPAddress([a, b, c, d]);
        var kind = AddressKinds.Of(plain);
        foreach (var hidden in new IPAddress[]
        {
            plain.MapToIPv6(), new([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d]), new([0x20, 0x02, a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
            new([0x20, 0x01, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, (byte)~a, (byte)~b, (byte)~c, (byte)~d]),
        })
            Assert.Equal((hidden, kind), (hidden, AddressKinds.Of(hidden)));
    }
}
