using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>
/// The paths that a session read last, by their bytes. Most clients that send more than one message name the same people again; their
/// addresses are then neither parsed nor made anew. What a path means does not depend on anything but its bytes.
/// </summary>
internal sealed class KnownPaths
{
    private const int Capacity = 8;
    private const int LongestKept = 128;

    private readonly Entry?[] _entries = new Entry?[Capacity];
    private int _next;

    /// <summary>Reads a path as <see cref="MailPath.TryParse(ReadOnlySpan{byte}, out MailPath, out MailPathFault)"/> does.</summary>
    public bool TryParse(ReadOnlySpan<byte> text, out MailPath path)
    {
        foreach (var entry in _entries)
        {
            if (entry is not null && text.SequenceEqual(entry.Text))
            {
                path = entry.Path;
                return true;
            }
        }
        if (!MailPath.TryParse(text, out path, out _))
            return false;
        if (text.Length <= LongestKept)
        {
            _entries[_next] = new Entry(text.ToArray(), path);
            _next = (_next + 1) % Capacity;
        }
        return true;
    }

    /// <summary>A recipient of which nothing is known but its path.</summary>
    public SmtpRecipient RecipientOf(MailPath path)
    {
        foreach (var entry in _entries)
        {
            if (entry is not null && entry.Path == path)
                return entry.Recipient ??= new(path);
        }
        return new(path);
    }

    private sealed class Entry(byte[] text, MailPath path)
    {
        public byte[] Text => text;

        public MailPath Path => path;

        public SmtpRecipient? Recipient { get; set; }
    }
}
