namespace Mail.Security.Smtp;

/// <summary>Reads the arguments of MAIL and RCPT: a path between angle brackets, then parameters (RFC 5321 §4.1.1.2, §4.1.1.3).</summary>
/// <remarks>
/// The path is handed on as bytes for <see cref="MailPath"/>, which knows what is inside. White space between the colon and the path
/// is tolerated, because many clients send it; everything else is by the grammar.
/// </remarks>
public static class PathCommandReader
{
    /// <summary>Reads "FROM:&lt;reverse-path&gt; [parameters]".</summary>
    /// <param name="argument">The <see cref="SmtpCommand.Argument"/> of MAIL.</param>
    /// <param name="path">What stands between "&lt;" and "&gt;": empty for the null path.</param>
    /// <param name="parameters">The parameters, each with correct syntax and none twice.</param>
    /// <param name="fault">Why the argument is refused.</param>
    /// <returns>True when the argument follows the grammar.</returns>
    public static bool TryReadMail(ReadOnlySpan<byte> argument, out ReadOnlySpan<byte> path, out SmtpParameters parameters, out SyntaxFault fault) =>
        TryRead(argument, "FROM:"u8, out path, out parameters, out fault);

    /// <summary>Reads "TO:&lt;forward-path&gt; [parameters]".</summary>
    /// <inheritdoc cref="TryReadMail"/>
    /// <param name="argument">The <see cref="SmtpCommand.Argument"/> of RCPT.</param>
    /// <param name="path">What stands between "&lt;" and "&gt;".</param>
    /// <param name="parameters">The parameters, each with correct syntax and none twice.</param>
    /// <param name="fault">Why the argument is refused.</param>
    public static bool TryReadRcpt(ReadOnlySpan<byte> argument, out ReadOnlySpan<byte> path, out SmtpParameters parameters, out SyntaxFault fault) =>
        TryRead(argument, "TO:"u8, out path, out parameters, out fault);

    private static bool TryRead(ReadOnlySpan<byte> argument, ReadOnlySpan<byte> keyword, out ReadOnlySpan<byte> path, out SmtpParameters parameters, out SyntaxFault fault)
    {
        path = default;
        parameters = default;
        fault = SyntaxFault.MissingPathKeyword;
        if (argument.Length < keyword.Length || !System.Text.Ascii.EqualsIgnoreCase(argument[..keyword.Length], keyword))
            return false;

        fault = SyntaxFault.MissingAngleBrackets;
        var rest = argument[keyword.Length..].TrimStart((byte)' ');
        if (rest.IsEmpty || rest[0] != (byte)'<' || FindEnd(rest) is var end && end < 0)
            return false;

        fault = SyntaxFault.BadParameter;
        var tail = rest[(end + 1)..];
        if (!tail.IsEmpty && tail[0] != (byte)' ')
            return false;
        if (!SmtpParameters.TryCreate(tail, out parameters, out fault))
            return false;
        path = rest[1..end];
        return true;
    }

    // The ">" that ends the path; one inside a quoted local part does not (RFC 5321 §4.1.2, Quoted-string).
    private static int FindEnd(ReadOnlySpan<byte> text)
    {
        var first = text.IndexOfAny((byte)'>', (byte)'"');   // nearly every path has no quotes
        if (first < 0 || text[first] == (byte)'>')
            return first;

        var quoted = false;
        for (var index = first; index < text.Length; index++)
        {
            switch (text[index])
            {
                case (byte)'\\' when quoted:
                    index++;
                    break;
                case (byte)'"':
                    quoted = !quoted;
                    break;
                case (byte)'>' when !quoted:
                    return index;
                default:
                    break;
            }
        }
        return -1;
    }
}
