using System.Globalization;
using System.Net;
using Mail.Security;
using Mail.Security.Smtp;
using Mail.Security.Transports;
using SendMail.Configuration;
using SendMail.Messages;

namespace SendMail.Submitting;

/// <summary>Prints what happened, for --explain. No secret is among it.</summary>
internal sealed class Explanation(TextWriter output)
{
    public void Dialed(SendConfiguration configuration, AddressDial dial) =>
        Line($"server: {configuration.Server}, {dial.Address}, {(configuration.Tls == TlsUse.Implicit ? "implicit TLS" : "STARTTLS")}{(dial.Result is DialResult.Failed failed ? $": {failed.Detail}" : "")}");

    public void Opened(SmtpClientSession session, SendConfiguration configuration)
    {
        var proof = session.Tls?.Verdict is PeerVerdict.Authenticated verified ? $"verified ({verified.Method}: {verified.Evidence})" : "not verified";
        Line($"tls: {session.Tls?.Protocol}, {session.Tls?.Cipher}, {proof}");
        Line(session.AuthenticationMechanism is { } mechanism ? $"login: {mechanism} as {configuration.Authentication!.Credentials.UserName}" : "login: none");
        Line($"offered: {string.Join(' ', session.Capabilities.Keywords)}");
    }

    public void NotOpened(IPEndPoint address, SessionFailure failure) => Line($"session: {address}: {failure.Kind} at {failure.Stage}: {failure.Detail}");

    public void Sending(OutgoingMail mail)
    {
        var envelope = mail.Envelope;
        var asked = new[]
        {
            envelope.Body == BodyType.EightBitMime ? "8BITMIME" : null,
            envelope.SmtpUtf8 || envelope.ReversePath.NeedsSmtpUtf8 || envelope.Recipients.Any(recipient => recipient.Path.NeedsSmtpUtf8) ? "SMTPUTF8" : null,
            envelope.TlsDemand == TlsDemand.RequireTls ? "REQUIRETLS" : null,
        };
        Line(string.Create(CultureInfo.InvariantCulture, $"message: from <{envelope.ReversePath}>, {mail.Content.Length} octets{string.Concat(asked.Where(word => word is not null).Select(word => $", {word}"))}"));
    }

    public void Ended(RecipientResult result) => Line($"{result.Path}: {result.Outcome}: {result.Sentence}");

    public void Queued(string name) => Line($"queued: {name}");

    private void Line(string text) => output.WriteLine(text);
}
