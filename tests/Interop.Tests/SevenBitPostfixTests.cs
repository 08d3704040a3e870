using Mail.Security.Delivery;
using Mail.Security.Smtp;

namespace Interop.Tests;

/// <summary>8-bit content for a Postfix that announces 8BITMIME, and for one that does not.</summary>
[Collection(nameof(InteropWorld))]
public sealed class SevenBitPostfixTests(InteropWorld world) : IDisposable
{
    private readonly Sender _sender = new();

    public void Dispose() => _sender.Dispose();

    [Theory, Trait("rfc", "6152#3")]
    [InlineData("dee", "Content-Transfer-Encoding: 8bit", "Gr\u00fc\u00dfe to all of you who read this")]
    [InlineData(InteropWorld.SevenBit, "Content-Transfer-Encoding: quoted-printable", "Gr=C3=BC=C3=9Fe to all of you who read this")]
    public async Task Deliver_EightBitContent_AsItIsOrEncoded(string name, string encoding, string text)
    {
        InteropWorld.Require();
        var (mx, marker) = (world.Cases[name], Guid.NewGuid().ToString("N"));

        var report = await _sender.DeliverAsync(mx.Domain, BodyType.EightBitMime,
            $"Subject: interop\r\nX-Test: {marker}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe to all of you who read this\r\n", TestContext.Current.CancellationToken);

        Assert.True(report.Recipients[0].Disposition == Disposition.Delivered, report.Explanation.ToString());
        var message = await world.Postfix.WaitForMessageAsync(marker);
        Assert.NotNull(message);
        Assert.Contains(encoding, message, StringComparison.Ordinal);
        Assert.Contains($"\n\n{text}\n", message, StringComparison.Ordinal);
    }
}
