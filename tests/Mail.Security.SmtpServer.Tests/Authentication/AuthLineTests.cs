using System.Buffers;
using System.Text;
using FsCheck.Xunit;

namespace Mail.Security.SmtpServer.Tests.Authentication;

public sealed class AuthLineTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

    [Property(MaxTest = 300)]
    [Trait("rfc", "4954#4")]
    public void TryDecode_WhatWasEncoded_IsItAgain(byte[] data)
    {
        Assert.True(AuthLine.TryDecode(Encoding.ASCII.GetBytes(Convert.ToBase64String(data)), out var decoded));
        Assert.Equal(data, decoded);
    }

    [Property(MaxTest = 300)]
    [Trait("rfc", "4954#4")]
    public void TryDecode_AStrangeOctetAnywhere_IsRefused(byte[] data, int at, byte octet)
    {
        var text = Encoding.ASCII.GetBytes(Convert.ToBase64String([.. data, 0]));
        if (Alphabet.Contains((char)octet, StringComparison.Ordinal))
            return;
        text[(int)((uint)at % (uint)text.Length)] = octet;
        Assert.False(AuthLine.TryDecode(text, out var decoded));
        Assert.Empty(decoded);
    }

    [Property(MaxTest = 300)]
    public void Read_AnyText_InAnySegments_IsTheSame(byte[] text, int at)
    {
        var one = AuthLine.Read(new ReadOnlySequence<byte>(text));
        var cut = (int)((uint)at % (uint)(text.Length + 1));
        var first = new Segment(text.AsMemory(0, cut), 0);
        var two = AuthLine.Read(new ReadOnlySequence<byte>(first, 0, first.Append(text.AsMemory(cut)), text.Length - cut));
        Assert.Equal((one.Kind, Convert.ToHexString(one.Data)), (two.Kind, Convert.ToHexString(two.Data)));
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
