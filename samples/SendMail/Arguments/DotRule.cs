namespace SendMail.Arguments;

/// <summary>What a line with only a dot means in the message.</summary>
internal enum DotRule : byte
{
    /// <summary>The message ends there, as it does for sendmail.</summary>
    EndsMessage = 0,

    /// <summary>It is a line like any other (-i).</summary>
    IsContent,
}
