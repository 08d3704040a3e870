using System.Net;
using System.Net.Sockets;
using FsCheck;
using FsCheck.Xunit;

namespace Mail.Security.Transports.Tests;

public sealed class AddressWalkOptionsTests
{
    [Theory]                                            // a, b, ... are IPv4 addresses, A, B, ... IPv6 addresses
    [InlineData(AddressOrder.Race, 1, "ABCabc", "AaBbCc")]
    [InlineData(AddressOrder.Race, 1, "abcABC", "aAbBcC")]
    [InlineData(AddressOrder.Race, 1, "aABC", "aABC")]
    [InlineData(AddressOrder.Race, 1, "ABCa", "AaBC")]
    [InlineData(AddressOrder.Race, 2, "ABCDabc", "ABaCbDc")]
    [InlineData(AddressOrder.Race, 9, "ABabc", "ABabc")]
    [InlineData(AddressOrder.Race, 1, "abc", "abc")]
    [InlineData(AddressOrder.Race, 3, "ABC", "ABC")]
    [InlineData(AddressOrder.Race, 1, "", "")]
    [InlineData(AddressOrder.PreferIPv4, 1, "AaBb", "abAB")]
    [InlineData(AddressOrder.PreferIPv6, 1, "aAbB", "ABab")]
    [InlineData(AddressOrder.OnlyIPv4, 1, "AaBb", "ab")]
    [InlineData(AddressOrder.OnlyIPv6, 1, "AaBb", "AB")]
    [InlineData(AddressOrder.OnlyIPv6, 1, "ab", "")]
    [Trait("rfc", "8305#4")]
    public void Sort_Families_InTheOrderAskedFor(AddressOrder order, int firstCount, string given, string expected) =>
        Assert.Equal(expected, Letters(new AddressWalkOptions { Order = order, FirstFamilyCount = firstCount }.Sort([.. given.Select(Address)])));

    [Property]
    public void Sort_AnyRace_KeepsEveryAddressAndTheOrderOfAFamily(NonNull<bool[]> families, PositiveInt firstCount)
    {
        var given = families.Get.Take(20).Select((four, at) => Address((char)((four ? 'a' : 'A') + at))).ToList();

        var sorted = new AddressWalkOptions { FirstFamilyCount = firstCount.Get }.Sort(given);

        foreach (var family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
            Assert.Equal(given.Where(one => one.AddressFamily == family), sorted.Where(one => one.AddressFamily == family));
        Assert.Equal(given.Take(1), sorted.Take(1));
    }

    [Fact]
    [Trait("rfc", "8305#5")]
    public void Options_OutOfRange_Throw()
    {
        static void Throws(AddressWalkOptions options)
        {
            Assert.Throws<ArgumentException>(() => options.Sort([]));
            Assert.Throws<ArgumentException>(() => new AddressWalk(new TcpDialer(), [], 25, options));
        }

        Throws(AddressWalkOptions.Default with { AttemptDelay = TimeSpan.FromMilliseconds(9.9) });
        Throws(AddressWalkOptions.Default with { AttemptDelay = TimeSpan.FromSeconds(2.1) });
        Throws(AddressWalkOptions.Default with { FirstFamilyCount = 0 });
        Throws(AddressWalkOptions.Default with { Order = (AddressOrder)9 });
        new AddressWalkOptions { AttemptDelay = AddressWalkOptions.LeastDelay }.Sort([]);
        new AddressWalkOptions { AttemptDelay = AddressWalkOptions.GreatestDelay }.Sort([]);
    }

    private static IPAddress Address(char letter) => IPAddress.Parse(char.IsLower(letter) ? $"192.0.2.{letter - 'a' + 1}" : $"2001:db8::{letter - 'A' + 1:x}");

    private static string Letters(IEnumerable<IPAddress> addresses) =>
        string.Concat(addresses.Select(address => (char)(address.GetAddressBytes()[^1] - 1 + (address.AddressFamily == AddressFamily.InterNetwork ? 'a' : 'A'))));
}
