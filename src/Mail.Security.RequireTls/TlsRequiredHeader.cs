using System.Buffers;

namespace Mail.Security.RequireTls;

/// <summary>The header field "TLS-Required: No" (RFC 8689 §3).</summary>
public static class TlsRequiredHeader
{
    /// <summary>The name of the field; case is ignored.</summary>
    public const string FieldName = "TLS-Required";

    /// <summary>The whole field with its CRLF, to put into a message that shall be delivered in spite of failing TLS.</summary>
    public static ReadOnlySpan<byte> Line => "TLS-Required: No\r\n"u8;

    /// <summary>Reads the field of a message that lies in memory. To look at content that streams by, use <see cref="TlsRequiredScanner"/>.</summary>
    public static TlsRequiredFieldState Scan(in ReadOnlySequence<byte> message)
    {
        var scanner = new TlsRequiredScanner();
        scanner.Write(message);
        return scanner.Result;
    }

    /// <summary>Joins what MAIL and what the header say (RFC 8689 §4.1): REQUIRETLS wins and the field is then ignored.</summary>
    /// <param name="envelope">The demand noted from the MAIL command.</param>
    /// <param name="header">The field as found in the content.</param>
    /// <returns>The demand to tag the message with.</returns>
    public static TlsDemand Combine(TlsDemand envelope, TlsRequiredFieldState header) =>
        envelope == TlsDemand.Default && header == TlsRequiredFieldState.No ? TlsDemand.TlsRequiredNo : envelope;
}
