using System.Text;

namespace SendMail.Messages;

/// <summary>One field of a header, as it was written.</summary>
/// <param name="Name">The name.</param>
/// <param name="Octets">The whole field: name, colon, value with its folding, CRLF.</param>
internal sealed record HeaderField(string Name, ReadOnlyMemory<byte> Octets)
{
    /// <summary>A field made here.</summary>
    public static HeaderField Make(string name, string value) => new(name, Encoding.UTF8.GetBytes($"{name}: {value}\r\n"));

    /// <summary>The value without its folding (RFC 5322 §2.2.3).</summary>
    public byte[] Value => [.. Octets[(Octets.Span.IndexOf((byte)':') + 1)..].ToArray().Where(octet => octet is not ((byte)'\r' or (byte)'\n'))];

    public bool Is(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it belongs to a resending (RFC 5322 §3.6.6).</summary>
    public bool IsResent => Name.StartsWith(MessageDraft.Resent, StringComparison.OrdinalIgnoreCase);
}
