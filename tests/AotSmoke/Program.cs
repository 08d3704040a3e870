using System.Net;
using System.Net.Sockets;
using AotSmoke;
using Mail.Security;
using Mail.Security.Delivery;
using Mail.Security.MtaSts;
using Mail.Security.Queue;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;
using Mail.Security.Transports;

// One message from the agent through planner, dialer, client session, wire and server session to a sink, and a notice about it.
using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
listener.Listen();
var inbox = new Inbox();
using var stop = new CancellationTokenSource();
var serving = ServeAsync();

var resolver = new OneHostResolver();
var mtaSts = new MtaStsResolver(resolver, new InMemoryMtaStsStore(), new MtaStsFetcher(resolver));
var options = new DeliveryOptions { HelloName = DomainName.Parse("client.example"), Port = ((IPEndPoint)listener.LocalEndPoint!).Port, Vetting = new AddressVettingOptions { Loopback = AddressUse.Allowed } };
var agent = new DeliveryAgent(new DeliveryPlanner(resolver, mtaSts, options), new TcpDialer(), options);
var path = MailPath.Parse("user@bücher.example");
var request = new DeliveryRequest
{
    Domain = path.RecipientDomain!.Value,
    Envelope = new SmtpEnvelope { ReversePath = MailPath.Parse("from@client.example"), Recipients = [new SmtpRecipient(path)] },
    Content = new BytesContent("Subject: ahead of time\r\n\r\nHello\r\n"u8.ToArray()),
};
var report = await agent.DeliverAsync(request);
await stop.CancelAsync();
await serving;

var notice = await new DsnBuilder(DomainName.Parse("client.example"), TimeProvider.System).BuildAsync(new DsnRequest
{
    Envelope = request.Envelope, Content = request.Content, Received = report.Started, LastAttempt = report.Started, Explanation = report.Explanation.ToString(),
    Recipients = [new DsnRecipient { Recipient = path, Action = DsnAction.Failed, Status = new EnhancedStatus(5, 7, 30), Sentence = "a test" }],
});
Console.WriteLine($"{path.Domain.Ascii} {report.Recipients[0].Disposition} {inbox.Received} {notice.Envelope.Recipients[0].Path}");
return 0;

async Task ServeAsync()
{
    var server = new SmtpServerOptions { HostName = DomainName.Parse("mx.example") };
    try
    {
        while (true)
            await SmtpServerSession.FromSocket(await listener.AcceptAsync(stop.Token), server, inbox).RunAsync(CancellationToken.None);
    }
    catch (OperationCanceledException)
    {
        // the agent has delivered
    }
}
