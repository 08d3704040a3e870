namespace Mail.Security.Smtp;

/// <summary>
/// One command line, split at its first space. The spans point into the input or into the scratch buffer given to the reader:
/// they are good until either changes. No CR, LF or NUL is inside.
/// </summary>
public readonly ref struct SmtpCommand
{
    internal SmtpCommand(SmtpVerb verb, ReadOnlySpan<byte> keyword, ReadOnlySpan<byte> argument)
    {
        Verb = verb;
        Keyword = keyword;
        Argument = argument;
    }

    /// <summary>The verb, or <see cref="SmtpVerb.Unknown"/>.</summary>
    public SmtpVerb Verb { get; }

    /// <summary>The first word as it was sent, in its own case; empty for an empty line.</summary>
    public ReadOnlySpan<byte> Keyword { get; }

    /// <summary>What follows the first word, without white space at either end; empty when nothing follows. Bytes above 127 are possible.</summary>
    public ReadOnlySpan<byte> Argument { get; }
}
