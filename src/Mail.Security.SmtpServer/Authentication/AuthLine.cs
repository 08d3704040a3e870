using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>What a line of a client within an AUTH exchange is.</summary>
internal enum AuthLineKind : byte
{
    /// <summary>A response, decoded.</summary>
    Response,

    /// <summary>"*": the client gives up.</summary>
    Cancel,

    /// <summary>No base64.</summary>
    BadBase64,

    /// <summary>Longer than may be; it was read to its end and dropped.</summary>
    TooLong,
}

/// <summary>A line of a client within an AUTH exchange (RFC 4954 §4). The data may hold a password: whoever takes them clears them.</summary>
internal readonly record struct AuthLine(AuthLineKind Kind, byte[] Data)
{
    /// <summary>The longest line in octets, its CRLF not counted.</summary>
    public const int MaxLength = 12_288;

    /// <summary>How many octets it had, its CRLF not counted; 0 where it was too long to keep.</summary>
    public long Length { get; init; }

    private static readonly SearchValues<byte> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    public static AuthLine Read(in ReadOnlySequence<byte> text)
    {
        if (text.Length > MaxLength)
            return new(AuthLineKind.TooLong, []);
        if (text.IsSingleSegment)
            return Read(text.FirstSpan);
        var copy = text.ToArray();
        try
        {
            return Read(copy);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }

    /// <summary>Decodes strictly: nothing but the alphabet, and padding at the end only (RFC 4954 §4). The framework's decoders pass over white space.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, out byte[] data)
    {
        data = [];
        var bare = text.TrimEnd((byte)'=');
        if (text.Length % 4 != 0 || text.Length - bare.Length > 2 || bare.ContainsAnyExcept(Alphabet))
            return false;
        data = new byte[text.Length / 4 * 3 - (text.Length - bare.Length)];
        if (Base64.DecodeFromUtf8(text, data, out _, out var written) == OperationStatus.Done && written == data.Length)
            return true;
        CryptographicOperations.ZeroMemory(data);
        data = [];
        return false;
    }

    // Not the record's text, which shows its members.
    public override string ToString() => Kind.ToString();

    private static AuthLine Read(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("*"u8))
            return new(AuthLineKind.Cancel, []) { Length = text.Length };
        return TryDecode(text, out var data) ? new(AuthLineKind.Response, data) { Length = text.Length } : new(AuthLineKind.BadBase64, []) { Length = text.Length };
    }
}

/// <summary>Takes the lines of an AUTH exchange out of the connection's buffer. It never waits, and never lets more than one line of the greatest length pile up.</summary>
internal sealed class AuthLineReader(ServerConnection connection)
{
    private bool _skipping;

    /// <summary>The next line; false when it is not here yet.</summary>
    public bool TryRead(out AuthLine line)
    {
        line = default;
        var reader = new SequenceReader<byte>(connection.Buffer);
        // Only CRLF ends a line; a bare CR or LF before it is no base64.
        if (!_skipping && reader.TryReadTo(out ReadOnlySequence<byte> text, "\r\n"u8))
        {
            line = AuthLine.Read(text);
            connection.Consume(reader.Position);
            return true;
        }
        if (!_skipping && connection.Buffer.Length < AuthLine.MaxLength + 2)
            return false;
        reader = new SequenceReader<byte>(connection.Buffer);
        _skipping = !SmtpCommandReader.TrySkipLine(ref reader);
        connection.Consume(reader.Position);
        line = new(AuthLineKind.TooLong, []);
        return !_skipping;
    }
}
