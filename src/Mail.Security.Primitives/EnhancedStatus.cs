using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Mail.Security;

/// <summary>An enhanced mail system status code such as 5.7.30 (RFC 3463 §2).</summary>
/// <param name="Class">2 success, 4 persistent transient failure, 5 permanent failure.</param>
/// <param name="Subject">The probable source of the condition, 0 to 999.</param>
/// <param name="Detail">The precise condition, 0 to 999.</param>
public readonly record struct EnhancedStatus(byte Class, ushort Subject, ushort Detail)
{
    /// <summary>True for class 2.</summary>
    public bool IsSuccess => Class == 2;

    /// <summary>True for class 4: the same message may succeed later.</summary>
    public bool IsTransient => Class == 4;

    /// <summary>True for class 5: the same message will not succeed.</summary>
    public bool IsPermanent => Class == 5;

    /// <summary>Reads a status code that is the whole of <paramref name="text"/>.</summary>
    /// <param name="text">ASCII text.</param>
    /// <param name="status">The code, or the default value.</param>
    /// <returns>True when the text is class 2, 4 or 5, a dot, and two numbers of one to three digits without leading zeros, parted by a dot.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out EnhancedStatus status)
    {
        status = default;
        if (text.Length < 5 || text[0] is not ((byte)'2' or (byte)'4' or (byte)'5') || text[1] != (byte)'.')
            return false;
        var rest = text[2..];
        var dot = rest.IndexOf((byte)'.');
        if (dot < 0 || !TryReadNumber(rest[..dot], out var subject) || !TryReadNumber(rest[(dot + 1)..], out var detail))
            return false;
        status = new EnhancedStatus((byte)(text[0] - (byte)'0'), subject, detail);
        return true;
    }

    /// <summary>Reads a status code that is the whole of <paramref name="text"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="status">The code, or the default value.</param>
    /// <returns>True when the text is a status code as RFC 3463 §2 writes it.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out EnhancedStatus status)
    {
        status = default;
        Span<byte> bytes = stackalloc byte[9];      // "5.999.999", the longest there is
        return text is not null && text.Length <= bytes.Length && Ascii.FromUtf16(text, bytes, out var written) == System.Buffers.OperationStatus.Done
            && TryParse(bytes[..written], out status);
    }

    /// <summary>The code as text, for example "5.7.30".</summary>
    /// <returns>Three numbers parted by dots.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}.{Subject}.{Detail}");

    // RFC 3463 §2: one to three digits, no leading zeros.
    private static bool TryReadNumber(ReadOnlySpan<byte> digits, out ushort number)
    {
        number = 0;
        return digits.Length is >= 1 and <= 3 && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (digits.Length == 1 || digits[0] != (byte)'0')
            && Utf8Parser.TryParse(digits, out number, out _);
    }
}
