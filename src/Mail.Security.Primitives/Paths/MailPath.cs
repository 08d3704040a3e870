using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace Mail.Security;

/// <summary>A reverse or forward path: the address of a sender or of a recipient as SMTP carries it (RFC 5321 §4.1.2).</summary>
/// <remarks>
/// No CR, LF, NUL or other control character can exist inside one, so that it may be written into a command or a header
/// field without a further check. The default value is the null reverse-path "&lt;&gt;". What <see cref="ToString"/> gives,
/// <see cref="TryParse(ReadOnlySpan{byte}, out MailPath, out MailPathFault)"/> reads back as an equal path.
/// </remarks>
public readonly record struct MailPath
{
    private readonly string? _localPart;

    internal MailPath(string localPart, DomainName domain, IPAddress? addressLiteral) =>
        (_localPart, Domain, AddressLiteral) = (localPart, domain, addressLiteral);

    /// <summary>The null reverse-path "&lt;&gt;" of messages to which nobody may answer with a bounce.</summary>
    public static MailPath Null => default;

    /// <summary>True for the null reverse-path.</summary>
    public bool IsNull => _localPart is null;

    /// <summary>The local part without quotes and backslashes, in Unicode normalization form C; its case is kept. Empty for the null path.</summary>
    public string LocalPart => _localPart ?? string.Empty;

    /// <summary>The domain; empty for the null path, for a bare postmaster and for an address literal.</summary>
    public DomainName Domain { get; }

    /// <summary>The address of "user@[192.0.2.1]"; null otherwise.</summary>
    public IPAddress? AddressLiteral { get; }

    /// <summary>True for "&lt;Postmaster&gt;" without a domain, which every receiver must accept (RFC 5321 §4.5.1).</summary>
    public bool IsBarePostmaster => _localPart is not null && Domain.IsEmpty && AddressLiteral is null;

    /// <summary>True when the local part has non-ASCII characters; the domain can always be written as A-labels (RFC 6531 §3.2).</summary>
    public bool NeedsSmtpUtf8 => !Ascii.IsValid(LocalPart);

    /// <summary>The domain the message is for; null when the path has none.</summary>
    public RecipientDomain? RecipientDomain => Domain.IsEmpty ? null : new RecipientDomain(Domain);

    /// <summary>Reads an address such as "user@example.com", without angle brackets and without a source route; never the null path.</summary>
    /// <param name="address">The address; the local part may be quoted and may be non-ASCII.</param>
    /// <param name="path">The path, or the default value.</param>
    /// <returns>True when <paramref name="address"/> is an address.</returns>
    public static bool TryParse([NotNullWhen(true)] string? address, out MailPath path) => TryParse(address, out path, out _);

    /// <summary>Reads an address such as "user@example.com" and says what is wrong with a text that is none.</summary>
    /// <param name="address">The address; the local part may be quoted and may be non-ASCII.</param>
    /// <param name="path">The path, or the default value.</param>
    /// <param name="fault">What is wrong; <see cref="MailPathFault.None"/> when the parse succeeds.</param>
    /// <returns>True when <paramref name="address"/> is an address.</returns>
    public static bool TryParse([NotNullWhen(true)] string? address, out MailPath path, out MailPathFault fault) =>
        MailPathParser.TryParseAddress(address, out path, out fault);

    /// <summary>Reads what stands between the angle brackets of a MAIL or RCPT command.</summary>
    /// <remarks>Nothing is the null path, "Postmaster" alone is the bare postmaster, and a source route is skipped (RFC 5321 §4.1.1.3).</remarks>
    /// <param name="path">UTF-8 text without the angle brackets.</param>
    /// <param name="result">The path, or the default value.</param>
    /// <param name="fault">What is wrong; <see cref="MailPathFault.None"/> when the parse succeeds.</param>
    /// <returns>True when <paramref name="path"/> is a path.</returns>
    public static bool TryParse(ReadOnlySpan<byte> path, out MailPath result, out MailPathFault fault) =>
        MailPathParser.TryParseWire(path, out result, out fault);

    /// <summary>Reads an address that is known to be valid.</summary>
    /// <param name="address">The address, without angle brackets.</param>
    /// <returns>The path.</returns>
    /// <exception cref="FormatException"><paramref name="address"/> is no address.</exception>
    public static MailPath Parse(string address) =>
        TryParse(address, out var path, out var fault) ? path : throw new FormatException($"Not a mail address ({fault}).");

    /// <summary>The number of octets <see cref="WriteTo"/> writes: at most 254.</summary>
    /// <returns>The number of octets without angle brackets; 0 for the null path.</returns>
    public int GetByteCount() => IsNull ? 0
        : AddressLiteral is not null ? Encoding.UTF8.GetByteCount(ToString())
        : Encoding.UTF8.GetByteCount(LocalPartSyntax.Quote(LocalPart)) + (Domain.IsEmpty ? 0 : 1 + Domain.Ascii.Length);

    /// <summary>Writes the path as SMTP carries it, without angle brackets: UTF-8, the local part quoted only when needed, the domain as A-labels.</summary>
    /// <remarks>Nothing is allocated for a path without quotes and without an address literal.</remarks>
    /// <param name="destination">At least <see cref="GetByteCount"/> octets.</param>
    /// <returns>The number of octets written.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public int WriteTo(Span<byte> destination)
    {
        if (IsNull || AddressLiteral is not null)
            return Encoding.UTF8.GetBytes(ToString(), destination);
        var length = Encoding.UTF8.GetBytes(LocalPartSyntax.Quote(LocalPart), destination);
        if (Domain.IsEmpty)
            return length;
        if (destination.Length - length <= Domain.Ascii.Length)
            throw new ArgumentException("The destination is too short.", nameof(destination));
        destination[length++] = (byte)'@';
        return length + Encoding.UTF8.GetBytes(Domain.Ascii, destination[length..]);
    }

    /// <summary>The text <see cref="WriteTo"/> writes; the empty string for the null path.</summary>
    /// <returns>The path without angle brackets.</returns>
    public override string ToString()
    {
        if (IsNull)
            return string.Empty;
        var local = LocalPartSyntax.Quote(LocalPart);
        return AddressLiteral is { } address ? $"{local}@{AddressLiteralSyntax.Format(address)}" : Domain.IsEmpty ? local : $"{local}@{Domain.Ascii}";
    }
}
