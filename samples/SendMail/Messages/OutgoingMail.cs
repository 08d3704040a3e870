using Mail.Security.Smtp;

namespace SendMail.Messages;

/// <summary>A message that is ready to be sent.</summary>
/// <param name="Envelope">Sender, recipients and what is asked for.</param>
/// <param name="Content">Header and body, lines ended by CRLF.</param>
internal sealed record OutgoingMail(SmtpEnvelope Envelope, ReadOnlyMemory<byte> Content);
