using FsCheck;
using FsCheck.Fluent;

namespace Mail.Security.Smtp.Tests;

/// <summary>Bytes made of the pieces that framing stumbles over, and places to cut them.</summary>
public sealed record HostileBytes(string Text, int[] Cuts)
{
    public byte[] Bytes => Wire.Bytes(Text);
}

/// <summary>Message content as it may be sent: lines that end with CRLF, the last perhaps not.</summary>
public sealed record CleanContent(string Text, int[] Cuts)
{
    public byte[] Bytes => Wire.Bytes(Text);
}

/// <summary>What command and reply lines stumble over.</summary>
public sealed record HostileLines(string Text, int[] Cuts)
{
    public byte[] Bytes => Wire.Bytes(Text);
}

public static class WireArbitraries
{
    private static readonly Gen<int[]> Cuts = Gen.Choose(0, 500).ArrayOf().Resize(6);

    public static Arbitrary<HostileBytes> Hostile() =>
        Make(["\r", "\n", ".", "\0", "a", "\r\n", "\r\n.", "\r\n.\r\n", "\r\n..", ".\r\n", "\r\n.\r", "\n.\n", Long], (text, cuts) => new HostileBytes(text, cuts));

    public static Arbitrary<CleanContent> Clean() =>
        Make(["a", ".", "..", "\r\n", "\r\n.", "\r\n.\r\n", " ", "\u00E4", Long], (text, cuts) => new CleanContent(text, cuts));

    public static Arbitrary<HostileLines> Lines() =>
        Make(["250", "-", " ", "550", "5.7.1", "NOOP", "\r\n", "\r\n", "\r\n", "\r", "\n", "\0", "\u00E4", Long], (text, cuts) => new HostileLines(text, cuts));

    private static string Long => new('a', 37);

    private static Arbitrary<T> Make<T>(string[] pieces, Func<string, int[], T> make) =>
        (from list in Gen.Elements(pieces).ListOf()
         from cuts in Cuts
         select make(string.Concat(list), cuts)).ToArbitrary();
}
