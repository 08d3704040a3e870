using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Mail.Security.Dnssec.Tests.Wire;

public sealed class WireNameTests
{
    [Property]
    [Trait("rfc", "1035#3.1")]
    public Property TryRead_WhatEncodeWrote_IsTheName() => Prop.ForAll(Names().ToArbitrary(), name =>
    {
        var octets = WireName.Encode(name);
        var at = 0;
        Assert.True(WireName.TryRead(octets, ref at, octets.Length, out var read));
        Assert.Equal(octets.Length, at);
        Assert.True(WireName.TryToDomainName(read, out var back));
        Assert.Equal(name, back);
    });

    [Property(MaxTest = 2000)]
    public void TryRead_AnyOctets_EndsInsideTheMessage(byte[] message, byte start)
    {
        var at = Math.Min(start, message.Length);
        var before = at;
        if (!WireName.TryRead(message, ref at, message.Length, out var name))
            return;
        Assert.InRange(at, before + 1, message.Length);
        Assert.InRange(name.Length, 1, 255);
        Assert.Equal(0, name[^1]);
        _ = WireName.TryToDomainName(name, out _);
    }

    [Theory]
    [Trait("rfc", "1035#4.1.4")]
    [InlineData("0161 00", 0, true)]
    [InlineData("0161 00 0162 C000", 3, true)]          // b.a
    [InlineData("C000", 0, false)]                      // to itself
    [InlineData("C002 0161 00", 0, false)]              // forwards
    [InlineData("0161 C000", 0, false)]                 // into its own beginning: a loop
    [InlineData("0161 C004 0162 C000", 4, false)]       // two that point to each other
    [InlineData("00 C000 C001", 3, true)]               // a pointer to a pointer, always backwards
    [InlineData("0161", 0, false)]                      // no end
    [InlineData("0561", 0, false)]                      // label beyond the message
    [InlineData("C0", 0, false)]                        // half a pointer
    [InlineData("4161 00", 0, false)]                   // reserved label types
    [InlineData("8161 00", 0, false)]
    public void TryRead_Pointers_OnlyBackwards(string hex, int start, bool reads)
    {
        var message = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var at = start;
        Assert.Equal(reads, WireName.TryRead(message, ref at, message.Length, out _));
    }

    [Fact]
    [Trait("rfc", "1035#2.3.4")]
    public void TryRead_LongerThan255Octets_IsRefused()
    {
        byte[] label = [63, .. Enumerable.Repeat((byte)'a', 63)];
        byte[] message = [.. label, .. label, .. label, .. label, 0];
        var at = 0;
        Assert.False(WireName.TryRead(message, ref at, message.Length, out _));
    }

    [Theory]
    [InlineData("0161 00", "0141 00", true)]
    [InlineData("0161 00", "0162 00", false)]
    [InlineData("015B 00", "017B 00", false)]           // '[' and '{' differ in the same bit as letters
    [InlineData("0161 00", "0161 0162 00", false)]
    public void AreEqual_OnlyTheCaseOfLetters_IsIgnored(string left, string right, bool equal) =>
        Assert.Equal(equal, WireName.AreEqual(Hex(left), Hex(right)));

    [Theory]
    [InlineData("a.example", "example", true)]
    [InlineData("example", "example", true)]
    [InlineData("example", ".", true)]
    [InlineData("xexample", "example", false)]
    [InlineData("example", "a.example", false)]
    public void IsAtOrBelow_Names_ByLabels(string name, string ancestor, bool below) =>
        Assert.Equal(below, WireName.IsAtOrBelow(TestMessage.Name(name), TestMessage.Name(ancestor)));

    [Theory]
    [InlineData("00")]                                  // the root
    [InlineData("03612E62 00")]                         // a dot within a label
    [InlineData("0120 00")]                             // a space
    [InlineData("01FF 00")]
    [InlineData("0C786E2D2D7A7A7A7A7A7A7A7A 00")]       // an A-label that is none
    [InlineData("0131 0132 0133 0134 00")]              // 1.2.3.4
    public void TryToDomainName_NoDomainName_IsRefused(string hex) =>
        Assert.False(WireName.TryToDomainName(Hex(hex), out _));

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static Gen<DomainName> Names()
    {
        var label = Gen.Choose(1, 20).SelectMany(length => Gen.Elements("abcdefghijklmnopqrstuvwxyz0123456789_".ToCharArray()).ArrayOf(length)).Select(letters => new string(letters));
        return label.ListOf().Where(labels => labels.Count is > 0 and < 8).Select(labels => DomainName.ParseLax(string.Join('.', labels.Append("example"))));
    }
}
