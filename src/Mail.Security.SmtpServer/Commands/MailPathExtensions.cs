namespace Mail.Security.SmtpServer;

internal static class MailPathExtensions
{
    /// <summary>What stands behind the last "@": a domain or an address literal; empty for Postmaster, who is at home here.</summary>
    public static string DomainText(this MailPath path)
    {
        var text = path.ToString();
        return text[(text.LastIndexOf('@') + 1)..] is var domain && domain.Length < text.Length ? domain : "";
    }
}
