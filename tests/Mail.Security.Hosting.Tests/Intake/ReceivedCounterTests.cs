using System.Text;
using FsCheck;
using FsCheck.Xunit;

namespace Mail.Security.Hosting.Tests.Intake;

public sealed class ReceivedCounterTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("Received: a\r\n\r\n", 1)]
    [InlineData("Received: a\r\nRECEIVED: b\r\nreceived:c\r\n\r\n", 3)]
    [InlineData("Received : a\r\nReceived \t: b\r\n\r\n", 2)]
    [InlineData("Received: a\r\n Received: folded\r\n\r\n", 1)]
    [InlineData("X-Received: a\r\nReceive: b\r\nReceived\r\nReceivedX: c\r\n\r\n", 0)]
    [InlineData("Received: a\r\n\r\nReceived: body\r\n", 1)]
    [InlineData("\r\nReceived: body\r\n", 0)]
    [InlineData("Received", 0)]
    [InlineData("Received\u001a b\r\n\r\n", 0)]
    [InlineData("Rec eived: a\r\n\r\n", 0)]
    [Trait("rfc", "5321#6.3")]
    public void Write_WholeMessage_CountsFieldsOfTheHeader(string message, int count) => Assert.Equal(count, Count(Encoding.Latin1.GetBytes(message), []));

    [Property(MaxTest = 300)]
    public void Write_SplitAnywhere_SameCount(byte[] picks, PositiveInt at)
    {
        string[] lines = ["Received: from a\r\n", "received :\r\n", "X: Received: y\r\n", " Received: folded\r\n", "Re\r\n", "\r\n", "R"];
        var message = Encoding.Latin1.GetBytes(string.Concat(picks.Select(pick => lines[pick % lines.Length])));

        Assert.Equal(Count(message, []), Count(message, [at.Get % (message.Length + 1)]));
        Assert.Equal(Count(message, []), Count(message, [.. Enumerable.Range(0, message.Length)]));
    }

    private static int Count(byte[] message, int[] cuts)
    {
        var counter = new ReceivedCounter();
        var start = 0;
        foreach (var cut in cuts.Append(message.Length))
        {
            counter.Write(message.AsSpan(start, cut - start));
            start = cut;
        }
        return counter.Count;
    }
}
