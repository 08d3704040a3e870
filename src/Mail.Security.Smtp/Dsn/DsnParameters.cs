using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Mail.Security.Smtp;

/// <summary>Reads and writes what the parameters of the DSN extension say (RFC 3461 §4): RET and ENVID of MAIL, NOTIFY and ORCPT of RCPT.</summary>
/// <remarks>What is read is decoded and can be put into the fields of a notification as it is: it holds no line end and no other control but HT.</remarks>
public static class DsnParameters
{
    /// <summary>The longest value of ENVID that is read, encoded (RFC 3461 §5.4).</summary>
    public const int MaxEnvelopeId = 100;

    /// <summary>The longest value of ORCPT that is read, encoded (RFC 3461 §5.4).</summary>
    public const int MaxOriginalRecipient = 500;

    /// <summary>Reads the value of NOTIFY; case is ignored. False when a word is unknown or missing, or stands beside NEVER.</summary>
    public static bool TryReadNotify(ReadOnlySpan<byte> value, out DsnNotify notify)
    {
        notify = DsnNotify.Unspecified;
        foreach (var range in value.Split((byte)','))
        {
            var one = NotifyOf(value[range]);
            if (one == DsnNotify.Unspecified || notify == DsnNotify.Never || (one == DsnNotify.Never && notify != DsnNotify.Unspecified))
                return Fail(out notify);
            notify |= one;
        }
        return notify != DsnNotify.Unspecified;
    }

    /// <summary>Reads the value of RET; case is ignored. False when it is neither FULL nor HDRS.</summary>
    public static bool TryReadReturn(ReadOnlySpan<byte> value, out DsnReturn content)
    {
        content = Ascii.EqualsIgnoreCase(value, "FULL"u8) ? DsnReturn.Full : Ascii.EqualsIgnoreCase(value, "HDRS"u8) ? DsnReturn.HeadersOnly : DsnReturn.Unspecified;
        return content != DsnReturn.Unspecified;
    }

    /// <summary>Reads the value of ENVID. False when it is empty, too long, no xtext, or encodes what is not printable ASCII (RFC 3461 §4.4).</summary>
    public static bool TryReadEnvelopeId(ReadOnlySpan<byte> value, [NotNullWhen(true)] out string? envelopeId)
    {
        envelopeId = value.Length <= MaxEnvelopeId ? DecodePrintable(value) : null;
        return envelopeId is not null;
    }

    /// <summary>
    /// Reads the value of ORCPT: a type, ";" and the address in xtext (RFC 3461 §4.2), or for the type "utf-8" in UTF-8 with "\x{HEX}"
    /// for what may not stand there (RFC 6533 §3). An address of type "rfc822" that is not ASCII, which Postfix sends in xtext, is read as
    /// the one of type "utf-8" that it should have been. False when it is too long or is no such thing.
    /// </summary>
    public static bool TryReadOriginalRecipient(ReadOnlySpan<byte> value, [NotNullWhen(true)] out OriginalRecipient? recipient)
    {
        recipient = null;
        var mark = value.IndexOf((byte)';');
        if (mark <= 0 || value.Length > MaxOriginalRecipient || value[..mark].ContainsAnyExcept(SmtpCharacters.Atom))
            return false;
        var type = Encoding.ASCII.GetString(value[..mark]);
        var encoded = value[(mark + 1)..];
        var address = IsUtf8(type) ? Unitext.Decode(encoded) : DecodePrintable(encoded);
        if (address is null && type.Equals("rfc822", StringComparison.OrdinalIgnoreCase))
            (type, address) = ("utf-8", DecodeUtf8(encoded));
        if (string.IsNullOrEmpty(address))
            return false;
        recipient = new OriginalRecipient(type, address);
        return true;
    }

    /// <summary>Client: adds what the envelope asks for to the parameters of MAIL, for a server that announced DSN.</summary>
    /// <exception cref="ArgumentException">The envelope id has characters that are not printable ASCII, or is too long.</exception>
    public static void AddToMail(SmtpEnvelope envelope, SmtpParameterList parameters)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(parameters);
        if (envelope.Return != DsnReturn.Unspecified)
            parameters.Add("RET", envelope.Return == DsnReturn.Full ? "FULL" : "HDRS");
        if (envelope.EnvelopeId is not { } id)
            return;
        var encoded = Xtext.Encode(id);
        if (!TryReadEnvelopeId(Encoding.ASCII.GetBytes(encoded), out _))
            throw new ArgumentException("The envelope id is empty, too long or not printable ASCII.", nameof(envelope));
        parameters.Add("ENVID", encoded);
    }

    /// <summary>Client: adds what the sender asked for this recipient to the parameters of RCPT, for a server that announced DSN.</summary>
    /// <exception cref="ArgumentException">The original recipient cannot be spelt in a parameter, or is too long.</exception>
    public static void AddToRcpt(SmtpRecipient recipient, SmtpParameterList parameters)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        ArgumentNullException.ThrowIfNull(parameters);
        if (recipient.Notify != DsnNotify.Unspecified)
            parameters.Add("NOTIFY", Format(recipient.Notify));
        if (recipient.OriginalRecipient is not { } original)
            return;
        if (!TrySpell(original, out var encoded))
            throw new ArgumentException("The original recipient is too long or has characters that its type has no room for.", nameof(recipient));
        parameters.Add("ORCPT", encoded);
    }

    /// <summary>Whether an original recipient can be spelt in a parameter: one that was read in UTF-8 may be too long in ASCII (RFC 6533 §3).</summary>
    /// <param name="recipient">The original recipient.</param>
    /// <returns>False when <see cref="AddToRcpt"/> would refuse it.</returns>
    public static bool CanSpell(OriginalRecipient recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        return TrySpell(recipient, out _);
    }

    private static bool TrySpell(OriginalRecipient original, out string encoded)
    {
        encoded = $"{original.AddressType};{(IsUtf8(original.AddressType) ? Unitext.Encode(original.Address) : Xtext.Encode(original.Address))}";
        return TryReadOriginalRecipient(Encoding.UTF8.GetBytes(encoded), out var read) && read == original;
    }

    private static string Format(DsnNotify notify)
    {
        if ((notify & DsnNotify.Never) != 0)
            return "NEVER";
        Span<string?> words = [notify.HasFlag(DsnNotify.Success) ? "SUCCESS" : null, notify.HasFlag(DsnNotify.Failure) ? "FAILURE" : null, notify.HasFlag(DsnNotify.Delay) ? "DELAY" : null];
        return string.Join(',', words.ToArray().Where(word => word is not null));
    }

    private static DsnNotify NotifyOf(ReadOnlySpan<byte> word)
    {
        if (Ascii.EqualsIgnoreCase(word, "SUCCESS"u8))
            return DsnNotify.Success;
        if (Ascii.EqualsIgnoreCase(word, "FAILURE"u8))
            return DsnNotify.Failure;
        if (Ascii.EqualsIgnoreCase(word, "DELAY"u8))
            return DsnNotify.Delay;
        return Ascii.EqualsIgnoreCase(word, "NEVER"u8) ? DsnNotify.Never : DsnNotify.Unspecified;
    }

    // Printable: graphic and white space (RFC 3461 §4.2, §4.4). Null when it is not, or is empty.
    private static string? DecodePrintable(ReadOnlySpan<byte> value)
    {
        Span<byte> decoded = stackalloc byte[MaxOriginalRecipient];
        if (value.IsEmpty || value.Length > decoded.Length || !Xtext.TryDecode(value, decoded, out var length))
            return null;
        foreach (var octet in decoded[..length])
        {
            if (octet is not ((>= (byte)' ' and <= (byte)'~') or (byte)'\t'))
                return null;
        }
        return Encoding.ASCII.GetString(decoded[..length]);
    }

    private static string? DecodeUtf8(ReadOnlySpan<byte> value)
    {
        Span<byte> decoded = stackalloc byte[MaxOriginalRecipient];
        return Xtext.TryDecode(value, decoded, out var length) ? Unitext.ReadPlain(decoded[..length]) : null;
    }

    private static bool IsUtf8(string type) => type.Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    private static bool Fail(out DsnNotify notify)
    {
        notify = DsnNotify.Unspecified;
        return false;
    }
}
