using System.Security.Cryptography;
using Mail.Security;
using Mail.Security.Queue;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace QueueCrash;

/// <summary>A message whose envelope id tells what its content is, so that half a message is found out.</summary>
public static class CheckedMessage
{
    /// <summary>Recipients of every message: two in one domain, one in another.</summary>
    public static IReadOnlyList<string> Recipients { get; } = ["a@one.example", "b@one.example", "c@two.example"];

    public static NewQueueMessage Make(int size)
    {
        var content = new byte[size];
        RandomNumberGenerator.Fill(content);
        return new NewQueueMessage
        {
            Received = TimeProvider.System.GetUtcNow(),
            Content = new BytesContent(content),
            EnvelopeId = Convert.ToHexString(SHA256.HashData(content)),
            Envelope = new SmtpEnvelope
            {
                ReversePath = MailPath.Parse("sender@example.org"),
                Recipients = [.. Recipients.Select(recipient => new SmtpRecipient(MailPath.Parse(recipient)))],
                Size = size,
            },
        };
    }

    /// <summary>Whether a lease's content is the one its envelope id names.</summary>
    public static bool IsWhole(QueueLease lease)
    {
        using var content = lease.Content.OpenRead();
        return Convert.ToHexString(SHA256.HashData(content)) == lease.EnvelopeId;
    }
}
