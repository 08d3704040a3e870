using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Smtp;

/// <summary>
/// Writes the commands by which a client sends mail; AUTH and the commands for people are not here. Each argument is a type that cannot hold CR, LF or NUL, so no argument can become a second
/// command.
/// </summary>
public static class SmtpCommandWriter
{
    /// <summary>EHLO with the client's name (RFC 5321 §4.1.1.1).</summary>
    public static void WriteEhlo(IBufferWriter<byte> output, DomainName name) => WriteHello(output, "EHLO "u8, name);

    /// <summary>EHLO with an address literal, for a client that has no name (RFC 5321 §4.1.3).</summary>
    public static void WriteEhlo(IBufferWriter<byte> output, IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(address);
        output.Write(address.AddressFamily == AddressFamily.InterNetworkV6 ? "EHLO [IPv6:"u8 : "EHLO ["u8);
        output.WriteUtf8(new IPAddress(address.GetAddressBytes()).ToString());   // without a scope id
        output.Write("]\r\n"u8);
    }

    /// <summary>HELO with the client's name, for a server that does not know EHLO (RFC 5321 §4.1.1.1).</summary>
    public static void WriteHelo(IBufferWriter<byte> output, DomainName name) => WriteHello(output, "HELO "u8, name);

    /// <summary>STARTTLS (RFC 3207 §4).</summary>
    public static void WriteStartTls(IBufferWriter<byte> output) => output.Write("STARTTLS\r\n"u8);

    /// <summary>MAIL with the reverse-path, "&lt;&gt;" for the null path, and its parameters (RFC 5321 §4.1.1.2).</summary>
    public static void WriteMail(IBufferWriter<byte> output, MailPath reversePath, SmtpParameterList parameters) =>
        WritePath(output, "MAIL FROM:<"u8, reversePath, parameters);

    /// <summary>RCPT with a forward-path and its parameters (RFC 5321 §4.1.1.3).</summary>
    /// <exception cref="ArgumentException">The path is the null path, which can be no recipient.</exception>
    public static void WriteRcpt(IBufferWriter<byte> output, MailPath forwardPath, SmtpParameterList parameters)
    {
        if (forwardPath.IsNull)
            throw new ArgumentException("The null path is no recipient.", nameof(forwardPath));
        WritePath(output, "RCPT TO:<"u8, forwardPath, parameters);
    }

    /// <summary>DATA (RFC 5321 §4.1.1.4); the content follows the 354, by <see cref="DataEncoder"/>.</summary>
    public static void WriteData(IBufferWriter<byte> output) => output.Write("DATA\r\n"u8);

    /// <summary>BDAT; the bytes of the chunk follow at once (RFC 3030 §2).</summary>
    public static void WriteBdat(IBufferWriter<byte> output, ChunkHeader header)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfNegative(header.Size);
        output.Write("BDAT "u8);
        output.WriteNumber(header.Size);
        output.Write(header.Kind == ChunkKind.Last ? " LAST\r\n"u8 : "\r\n"u8);
    }

    /// <summary>RSET (RFC 5321 §4.1.1.5).</summary>
    public static void WriteRset(IBufferWriter<byte> output) => output.Write("RSET\r\n"u8);

    /// <summary>NOOP (RFC 5321 §4.1.1.9).</summary>
    public static void WriteNoop(IBufferWriter<byte> output) => output.Write("NOOP\r\n"u8);

    /// <summary>QUIT (RFC 5321 §4.1.1.10).</summary>
    public static void WriteQuit(IBufferWriter<byte> output) => output.Write("QUIT\r\n"u8);

    private static void WriteHello(IBufferWriter<byte> output, ReadOnlySpan<byte> verb, DomainName name)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (name.IsEmpty)
            throw new ArgumentException("The client has a name or an address literal.", nameof(name));
        output.Write(verb);
        output.WriteUtf8(name.Ascii);
        output.Write("\r\n"u8);
    }

    private static void WritePath(IBufferWriter<byte> output, ReadOnlySpan<byte> verb, MailPath path, SmtpParameterList parameters)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(parameters);
        output.Write(verb);
        output.Advance(path.WriteTo(output.GetSpan(path.GetByteCount())));
        output.Write(">"u8);
        parameters.WriteTo(output);
        output.Write("\r\n"u8);
    }
}
