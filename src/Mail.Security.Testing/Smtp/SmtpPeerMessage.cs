using System.Text;

namespace Mail.Security.Testing;

/// <summary>A message a peer accepted, or had read when it refused it.</summary>
/// <param name="Mail">The MAIL command.</param>
/// <param name="Recipients">The RCPT commands that were accepted.</param>
/// <param name="Content">The content without dot-stuffing and final dot.</param>
public sealed record SmtpPeerMessage(string Mail, IReadOnlyList<string> Recipients, ReadOnlyMemory<byte> Content)
{
    /// <summary>The content as text, one character an octet.</summary>
    public string Text => Encoding.Latin1.GetString(Content.Span);
}
