using Mail.Security.Sasl;

namespace Mail.Security.Testing;

/// <summary>How a peer behaves that plays a mail exchanger: accepts all mail, but for the rules given.</summary>
public sealed class MailExchangerOptions
{
    /// <summary>The name it greets with; "mx.test" by default.</summary>
    public string HostName { get; init; } = "mx.test";

    /// <summary>Its certificate; null, the default, for a server without TLS.</summary>
    public SmtpPeerTls? Tls { get; init; }

    /// <summary>Whether TLS starts with the connection instead of by STARTTLS.</summary>
    public bool ImplicitTls { get; init; }

    /// <summary>What EHLO announces; STARTTLS is added by itself.</summary>
    public IList<string> Keywords { get; init; } = ["PIPELINING", "SIZE 10485760", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"];

    /// <summary>What EHLO announces under TLS only, such as REQUIRETLS; none by default.</summary>
    public IList<string> KeywordsUnderTls { get; init; } = [];

    /// <summary>Logs clients in, and names the mechanisms EHLO announces behind AUTH; null, the default, for a server without logins.</summary>
    public SaslServerFactory? Logins { get; init; }

    /// <summary>The departures; the first that fits counts.</summary>
    public IList<SmtpPeerRule> Rules { get; init; } = [];

    /// <summary>Adds a departure for each occurrence of a moment.</summary>
    /// <param name="moment">The moment.</param>
    /// <param name="action">What to do then.</param>
    /// <returns>These options.</returns>
    public MailExchangerOptions On(SmtpPeerMoment moment, SmtpPeerAction action)
    {
        Rules.Add(new SmtpPeerRule(moment, action));
        return this;
    }

    /// <summary>Adds a reply for commands of a certain form, such as "RCPT TO:&lt;full@*".</summary>
    /// <param name="moment">The moment.</param>
    /// <param name="command">The command, '*' standing for any text.</param>
    /// <param name="reply">The reply.</param>
    /// <returns>These options.</returns>
    public MailExchangerOptions On(SmtpPeerMoment moment, string command, string reply)
    {
        Rules.Add(new SmtpPeerRule(moment, new SmtpPeerAction.Reply(reply)) { Command = command });
        return this;
    }
}
