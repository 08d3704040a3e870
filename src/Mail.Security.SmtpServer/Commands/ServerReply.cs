namespace Mail.Security.SmtpServer;

/// <summary>A one-line reply; the status is null only where RFC 2034 §4 wants none (greeting, HELO, EHLO, 3xx).</summary>
internal readonly record struct ServerReply(int Code, EnhancedStatus? Status, string Text)
{
    public bool IsRefusal => Code >= 400;
}
