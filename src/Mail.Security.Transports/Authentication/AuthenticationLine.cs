using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Transports;

/// <summary>A line of an authentication: the command or a response. It holds secrets, so it is cleared when it is sent.</summary>
internal readonly struct AuthenticationLine : IDisposable
{
    /// <summary>The longest AUTH command with its CRLF (RFC 5321 §4.5.3.1.4); a response may be longer, a command may not (RFC 4954 §4).</summary>
    public const int MaxCommand = 512;

    private readonly byte[] _octets;

    private AuthenticationLine(byte[] octets) => _octets = octets;

    public ReadOnlyMemory<byte> Octets => _octets;

    /// <summary>AUTH and a mechanism, with nothing behind it: the server asks.</summary>
    public static AuthenticationLine Command(string mechanism) => new(Encoding.ASCII.GetBytes($"AUTH {mechanism}\r\n"));

    /// <summary>AUTH with an initial response, "=" for an empty one (RFC 4954 §4); false when the line would be too long: then the server is to ask.</summary>
    public static bool TryCommand(string mechanism, ReadOnlySpan<byte> initialResponse, out AuthenticationLine line)
    {
        var prefix = Encoding.ASCII.GetBytes($"AUTH {mechanism} ");
        line = default;
        if (prefix.Length + Base64.GetMaxEncodedToUtf8Length(initialResponse.Length) + 2 > MaxCommand)
            return false;
        line = initialResponse.IsEmpty ? new AuthenticationLine([.. prefix, .. "=\r\n"u8]) : Encode(prefix, initialResponse);
        return true;
    }

    /// <summary>The answer to a challenge; an empty one is an empty line.</summary>
    public static AuthenticationLine Response(ReadOnlySpan<byte> response) => Encode(default, response);

    /// <summary>The end of an authentication by the client (RFC 4954 §4).</summary>
    public static AuthenticationLine Cancel() => new([.. "*\r\n"u8]);

    public void Dispose() => CryptographicOperations.ZeroMemory(_octets);

    private static AuthenticationLine Encode(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> data)
    {
        var line = GC.AllocateUninitializedArray<byte>(prefix.Length + Base64.GetMaxEncodedToUtf8Length(data.Length) + 2, pinned: true);
        prefix.CopyTo(line);
        if (Base64.EncodeToUtf8(data, line.AsSpan(prefix.Length), out _, out _) != OperationStatus.Done)
            throw new System.Diagnostics.UnreachableException();
        "\r\n"u8.CopyTo(line.AsSpan(line.Length - 2));
        return new AuthenticationLine(line);
    }
}
