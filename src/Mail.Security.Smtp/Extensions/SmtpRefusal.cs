namespace Mail.Security.Smtp;

/// <summary>A refusal by ourselves: the reply to send as a server, the outcome to record as a client.</summary>
/// <param name="Code">The reply code, 400 to 599.</param>
/// <param name="Status">The enhanced status code of the same class (RFC 2034 §4).</param>
/// <param name="Text">One line for people, in ASCII.</param>
public readonly record struct SmtpRefusal(int Code, EnhancedStatus Status, string Text)
{
    /// <summary>The refusal in one line, such as "550 5.7.30 REQUIRETLS support required".</summary>
    public override string ToString() => $"{Code} {Status} {Text}";
}
