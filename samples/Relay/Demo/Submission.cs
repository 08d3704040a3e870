using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mail.Security;
using Mail.Security.RequireTls;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Relay.Demo;

/// <summary>Hands messages to the relay as any client would: SMTP, STARTTLS with a verified certificate, REQUIRETLS when it is demanded.</summary>
internal sealed class Submission(IPEndPoint relay, X509Certificate2 root)
{
    public static readonly MailPath Sender = MailPath.Parse("sender@sender.example");

    /// <summary>The one recipient of a domain.</summary>
    public static MailPath Recipient(string domain) => MailPath.Parse($"recipient@{domain}");

    /// <summary>The content of a message.</summary>
    public static string Text(string domain, string header) => $"{header}From: <{Sender}>\r\nTo: <{Recipient(domain)}>\r\nSubject: to {domain}\r\n\r\nThis is the message to {domain}.\r\n.and this line begins with a dot\r\n";

    /// <summary>Sends one message; anything but acceptance is an error of the demonstration.</summary>
    public async Task SendAsync(string domain, TlsDemand demand, string header, CancellationToken cancellationToken)
    {
        var settings = new SmtpSessionSettings
        {
            HelloName = DomainName.Parse("client.example"),
            ServerName = DomainName.Parse(DemoWorld.RelayName),
            Verifier = new WebPkiVerifier(DomainName.Parse(DemoWorld.RelayName), [root]),
            Extensions = [new RequireTlsExtension()],
        };
        if (await new TcpDialer().DialAsync(relay, cancellationToken) is not DialResult.Connected connected)
            throw new IOException("The relay does not take connections.");
        if (await SmtpClientSession.OpenAsync(connected.Stream, settings, null, cancellationToken) is not SessionOpenResult.Opened(var session))
            throw new IOException("The relay does not open a session.");
        await using var _ = session;
        var envelope = new SmtpEnvelope { ReversePath = Sender, Recipients = [new(Recipient(domain))], TlsDemand = demand };
        var result = await session.SendAsync(envelope, new BytesContent(Encoding.ASCII.GetBytes(Text(domain, header))), cancellationToken);
        if (result.Recipients[0] is not { Outcome: DeliveryOutcome.Accepted })
            throw new IOException($"The relay does not accept the message to {domain}: {result.Recipients[0].Detail}");
        await session.CloseAsync(cancellationToken);
    }
}
