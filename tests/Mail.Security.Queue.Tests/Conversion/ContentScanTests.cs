using System.Text;
using FsCheck.Xunit;
using MimeKit;

namespace Mail.Security.Queue.Tests;

/// <summary>What the octets of a part are, found without a copy of them.</summary>
public sealed class ContentScanTests
{
    private const string Pgp = "-----BEGIN PGP SIGNED MESSAGE-----";

    [Theory]
    [InlineData("", false, false, 0)]
    [InlineData("a\r\nbcd\r\n", false, false, 3)]
    [InlineData("a\r\nbcdef", false, false, 5)]
    [InlineData("\u00fc\r\n", true, false, 2)]
    [InlineData("a\nb", false, true, 1)]
    [InlineData("a\r", false, true, 1)]
    [InlineData("a\rb\r\n", false, true, 2)]
    [InlineData("a\0\r\n", false, true, 2)]
    public void Of_Content_WhatItIs(string text, bool eightBit, bool binary, int longest)
    {
        var scan = Scan(Encoding.UTF8.GetBytes(text));
        Assert.Equal((eightBit, binary, longest, false), (scan.HasEightBit, scan.IsBinary, scan.LongestLine, scan.HasInlinePgp));
    }

    /// <summary>However the octets come, text signed by PGP is found where it is, and nowhere else.</summary>
    [Property(MaxTest = 500)]
    public bool Write_InAnyPieces_FindsTheSignature(byte[] cuts, byte before, bool isThere)
    {
        var content = Encoding.ASCII.GetBytes(new string('-', before) + (isThere ? Pgp : Pgp[..^1] + "x") + " and more");
        using var part = new MimePart("text", "plain") { Content = new Pieces(content, cuts) };
        return ContentScan.Of(part).HasInlinePgp == isThere;
    }

    private static ContentScan Scan(byte[] content)
    {
        using var part = new MimePart("text", "plain") { Content = new MimeContent(new MemoryStream(content)) };
        return ContentScan.Of(part);
    }

    private sealed class Pieces(byte[] content, byte[] cuts) : IMimeContent
    {
        public ContentEncoding Encoding => ContentEncoding.Default;

        public NewLineFormat? NewLineFormat => null;

        public Stream Stream { get; } = new MemoryStream(content);

        public void WriteTo(Stream stream, CancellationToken cancellationToken = default)
        {
            var at = 0;
            foreach (var cut in cuts)
            {
                var length = Math.Min(cut % 40, content.Length - at);
                stream.Write(content, at, length);
                at += length;
            }
            stream.Write(content, at, content.Length - at);
        }

        public Stream Open() => Stream;

        public void DecodeTo(Stream stream, CancellationToken cancellationToken = default) => WriteTo(stream, cancellationToken);

        public Task DecodeToAsync(Stream stream, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task WriteToAsync(Stream stream, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public void Dispose() => Stream.Dispose();
    }
}
