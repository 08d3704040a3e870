using MailKit;
using MailKit.Net.Smtp;
using MimeKit;

namespace Interop.Tests.Clients;

/// <summary>MailKit's client with what it leaves to whoever derives from it.</summary>
internal sealed class MailKitClient : SmtpClient
{
    /// <summary>Whether BDAT is preferred to DATA.</summary>
    public bool Binary { get; set; }

    /// <summary>Of what to notify; null to say nothing.</summary>
    public DeliveryStatusNotification? Notify { get; set; }

    protected override bool PreferSendAsBinaryData => Binary;

    protected override string? GetEnvelopeId(MimeMessage message) => Notify is null ? null : "id-1";

    protected override DeliveryStatusNotification? GetDeliveryStatusNotifications(MimeMessage message, MailboxAddress mailbox) => Notify;
}
