using Mail.Security;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;
using Mail.Security.MtaSts;
using Mail.Security.Queue;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Interop.Tests;

/// <summary>The delivery engine under test, resolving through the world's unbound and delivering to port 25.</summary>
internal sealed class Sender(SmtpDialer? dialer = null) : IDisposable
{
    public DnssecResolver Resolver { get; } = new(new DnssecResolverOptions { Servers = [DnsWorld.Resolver] });

    public Task<AttemptReport> DeliverAsync(string domain, string marker, CancellationToken cancellationToken) =>
        DeliverAsync(domain, BodyType.SevenBit, $"Subject: interop\r\nX-Test: {marker}\r\n\r\nHello\r\n.dot\r\n", cancellationToken);

    public async Task<AttemptReport> DeliverAsync(string domain, BodyType body, string content, CancellationToken cancellationToken)
    {
        var options = new DeliveryOptions { HelloName = DomainName.Parse("sender.test"), Vetting = new AddressVettingOptions { Loopback = AddressUse.Allowed }, Converter = new MimeContentConverter() };
        var mtaSts = new MtaStsResolver(Resolver, new InMemoryMtaStsStore(), new MtaStsFetcher(Resolver));
        var agent = new DeliveryAgent(new DeliveryPlanner(Resolver, mtaSts, options), dialer ?? new TcpDialer(), options);
        return await agent.DeliverAsync(new DeliveryRequest
        {
            Domain = new RecipientDomain(DomainName.Parse(domain)),
            Envelope = new SmtpEnvelope { ReversePath = MailPath.Parse("from@sender.test"), Recipients = [new SmtpRecipient(MailPath.Parse($"to@{domain}"))], Body = body },
            Content = new BytesContent(System.Text.Encoding.UTF8.GetBytes(content)),
        }, cancellationToken);
    }

    public void Dispose() => Resolver.Dispose();
}
