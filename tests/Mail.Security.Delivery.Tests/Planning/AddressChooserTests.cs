using System.Net;
using Mail.Security.Transports;

namespace Mail.Security.Delivery.Tests;

public sealed class AddressChooserTests
{
    private static readonly DomainName Host = DomainName.Parse("mx.a.test");

    [Theory]
    [InlineData("8.8.8.8 9.9.9.9", "8.8.8.8 9.9.9.9", "")]
    [InlineData("2606::1 2606::2 2606::3 8.8.8.8", "2606::1 8.8.8.8 2606::2", "")]                     // the families take turns, up to the limit
    [InlineData("10.0.0.1 8.8.8.8", "8.8.8.8", "10.0.0.1 is an address of a private network, and is not dialed")]
    [InlineData("10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 8.8.8.8", "8.8.8.8", null)]                       // what is left out does not count
    public void Choose_Addresses_ThoseThatMayBeDialed(string addresses, string expected, string? note)
    {
        var choice = Choose(new DeliveryOptions { MaxAddressesPerHost = 3 }, addresses);
        Assert.Equal((expected, null), (string.Join(' ', choice.Addresses), choice.Fault));
        Assert.Equal(note ?? choice.Note, choice.Note);
    }

    [Theory, Trait("rfc", "5321#5.1")]
    [InlineData("127.0.0.1", "4.4.4", "address-not-allowed", "None")]
    [InlineData("10.0.0.1 ::1 ::ffff:192.168.0.1", "4.4.4", "address-not-allowed", "None")]
    [InlineData("203.0.113.9 8.8.8.8", "5.4.6", "mail-loop", "OwnAddress")]
    [InlineData("8.8.8.8 203.0.113.9", "5.4.6", "mail-loop", "OwnAddress")]
    public void Choose_NoneIsLeft_SaysWhatItMeans(string addresses, string status, string label, string evidence)
    {
        var choice = Choose(new DeliveryOptions { OwnAddresses = [IPAddress.Parse("203.0.113.9")] }, addresses);
        Assert.Empty(choice.Addresses);
        Assert.Equal((status, label, evidence), (choice.Fault?.Status.ToString(), choice.Fault?.Label, choice.Evidence.ToString()));
        Assert.NotEmpty(choice.Note);
    }

    [Fact, Trait("rfc", "5321#5.1")]
    public void Choose_AddressOfAnInterface_TransientLoop()
    {
        var options = new DeliveryOptions { AddressWalk = AddressWalkOptions.Default };
        var chooser = new AddressChooser(options, address => address.Equals(IPAddress.Parse("8.8.4.4")) ? new AddressRefusal(AddressRefusalReason.Own, "ours") : null, []);
        var choice = chooser.Choose(Host, [IPAddress.Parse("8.8.8.8"), IPAddress.Parse("8.8.4.4")]);
        Assert.Equal(("4.4.6", "own-address", LoopEvidence.OwnAddress), (choice.Fault?.Status.ToString(), choice.Fault?.Label, choice.Evidence));
    }

    [Theory]
    [InlineData(AddressOrder.OnlyIPv4, "2606::1", "address-family")]
    [InlineData(AddressOrder.OnlyIPv4, "2606::1 8.8.8.8", null)]
    [InlineData(AddressOrder.OnlyIPv6, "8.8.8.8", "address-family")]
    public void Choose_OneFamilyOnly_TheOtherIsNotDialed(AddressOrder order, string addresses, string? label) =>
        Assert.Equal(label, Choose(new DeliveryOptions { AddressWalk = new() { Order = order } }, addresses).Fault?.Label);

    [Fact]
    public void Choose_HostThatTheOperatorNamed_WhateverItsAddressIs()
    {
        var tools = PlanTools.Of(new DeliveryOptions { OwnAddresses = [IPAddress.Parse("10.0.0.1")] }, TimeProvider.System);
        foreach (var address in new[] { "127.0.0.1", "10.0.0.1", "fd00::1" })
            Assert.Null(tools.AddressesOf(HostSource.Configured).Choose(Host, [IPAddress.Parse(address)]).Fault);
        Assert.NotNull(tools.AddressesOf(HostSource.Mx).Choose(Host, [IPAddress.Loopback]).Fault);
        Assert.NotNull(tools.AddressesOf(HostSource.Domain).Choose(Host, [IPAddress.Loopback]).Fault);
        Assert.Null(PlanTools.Of(new DeliveryOptions { Vetting = null }, TimeProvider.System).Exchangers.Choose(Host, [IPAddress.Loopback]).Fault);
    }

    private static AddressChoice Choose(DeliveryOptions options, string addresses) =>
        PlanTools.Of(options, TimeProvider.System).Exchangers.Choose(Host, [.. addresses.Split(' ').Select(IPAddress.Parse)]);
}
