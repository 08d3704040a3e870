using System.Security.Cryptography;
using System.Text;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;

namespace Interop.Tests;

/// <summary>A message that a <see cref="RecordingServer"/> took.</summary>
/// <param name="Envelope">What MAIL and RCPT said.</param>
/// <param name="HelloName">What the client called itself.</param>
/// <param name="Protocol">The word for the Received field, such as "ESMTPS".</param>
/// <param name="Tls">"TLS1.3", "TLS1.2", or empty in the clear.</param>
/// <param name="Client">The client's address as the session knows it.</param>
/// <param name="Content">Every byte of it.</param>
internal sealed record Arrival(SmtpEnvelope Envelope, string HelloName, string Protocol, string Tls, string Client, byte[] Content)
{
    /// <summary>Who the client has proven to be; null without a login.</summary>
    public SmtpAuthentication? Login { get; init; }

    /// <summary>Where the content begins that the test wrote; what stands before it a relaying client has put there.</summary>
    public ReadOnlySpan<byte> Written(string mark) => Content.AsSpan(Math.Max(0, Content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(mark))));

    /// <summary>Fails unless the content, from the mark on, is this to the byte.</summary>
    public void AssertIs(byte[] expected, string mark)
    {
        var written = Written(mark);
        if (SHA256.HashData(written).AsSpan().SequenceEqual(SHA256.HashData(expected)))
            return;
        var same = written.CommonPrefixLength(expected);
        Assert.Fail($"{written.Length} bytes arrived, {expected.Length} were written; the first difference is at {same}: "
            + $"\"{Show(written[same..])}\" in place of \"{Show(expected.AsSpan(same))}\"");
    }

    /// <summary>What MAIL said beside the path.</summary>
    public string Mail() => string.Join(' ', new[]
    {
        Envelope.Body.ToString(), Envelope.SmtpUtf8 ? "SMTPUTF8" : "", Envelope.Return == DsnReturn.Unspecified ? "" : $"RET={Envelope.Return}", Envelope.EnvelopeId is { } id ? $"ENVID={id}" : "",
    }.Where(word => word.Length > 0));

    /// <summary>What each RCPT said.</summary>
    public string Recipients() => string.Join(' ', Envelope.Recipients.Select(recipient =>
        $"{recipient.Path}{(recipient.Notify == DsnNotify.Unspecified ? "" : $" NOTIFY={recipient.Notify.ToString().Replace(" ", "", StringComparison.Ordinal)}")}{(recipient.OriginalRecipient is { } original ? $" ORCPT={original}" : "")}"));

    private static string Show(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes[..Math.Min(60, bytes.Length)]).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
