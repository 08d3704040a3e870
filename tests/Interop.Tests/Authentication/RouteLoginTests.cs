using System.Text;
using Mail.Security;
using Mail.Security.Delivery;
using Mail.Security.MtaSts;
using Mail.Security.Sasl;
using Mail.Security.Smtp;
using Mail.Security.Testing;
using Mail.Security.Transports;

namespace Interop.Tests.Authentication;

/// <summary>The delivery engine hands mail to a submission server that a route names: Postfix with Cyrus SASL.</summary>
[Collection(nameof(CyrusWorld))]
public sealed class RouteLoginTests(CyrusWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SubmissionTls.StartTls)]
    [InlineData(SubmissionTls.Implicit)]
    public async Task Deliver_ManyMessages_UnderOneLogin(SubmissionTls tls)
    {
        CyrusWorld.Require();
        using var credentials = Accounts.Of(Accounts.Ann);
        List<string> marks = [];
        string id;
        await using (var pool = new SmtpSessionPool())
        {
            var agent = Agent(tls, credentials, pool);
            for (var turn = 0; turn < 3; turn++)
                marks.Add(await DeliverAsync(agent));
            id = (await world.Postfix.WaitForMessageAsync(marks[0]))!.Split(" id ")[^1].Split('\n', ' ')[0];
        }

        foreach (var mark in marks)
            Assert.Contains($"(Authenticated sender: {Accounts.Ann})", await world.Postfix.WaitForMessageAsync(mark), StringComparison.Ordinal);
        Assert.NotNull(await world.Postfix.WaitForLogAsync($"{id}: client=", $"sasl_method={SaslMechanisms.ScramSha512}"));
        Assert.NotNull(await world.Postfix.WaitForLogAsync("disconnect from ", " auth=1 mail=3 rcpt=3 ", tls == SubmissionTls.StartTls ? " starttls=1 " : " ehlo=1 "));
    }

    [Fact, Trait("rfc", "4954#6")]
    public async Task Deliver_WrongPassword_TheMessageWaitsForTheOperator()
    {
        CyrusWorld.Require();
        using var credentials = new SaslCredentials(Accounts.Ann, "battery staple");
        await using var pool = new SmtpSessionPool();

        var report = await ReportAsync(Agent(SubmissionTls.StartTls, credentials, pool), "wrong");

        Assert.Equal((Disposition.Transient, "4.7.8"), (report.Recipients[0].Disposition, report.Recipients[0].Status.ToString()));
        Assert.DoesNotContain("staple", report.Explanation.ToString(), StringComparison.Ordinal);
    }

    private static DeliveryAgent Agent(SubmissionTls tls, SaslCredentials credentials, SmtpSessionPool pool)
    {
        var server = tls == SubmissionTls.Implicit ? CyrusWorld.Submission.Implicit : CyrusWorld.Submission.StartTls;
        var resolver = new InMemoryResolver().AddAddress(ClientWorld.Host, server.Address.ToString());
        var options = new DeliveryOptions { HelloName = DomainName.Parse("relay.test"), ExtraRoots = [ClientWorld.Root], Vetting = new AddressVettingOptions { Loopback = AddressUse.Allowed } };
        var submission = new TransportDefinition.Submission { Host = DomainName.Parse(ClientWorld.Host), Port = server.Port, Tls = tls, Authentication = new SmtpClientAuthentication(credentials) };
        var routing = new DeliveryRouting(new DeliveryRoutes(new TransportCatalog(new Dictionary<TransportName, TransportDefinition> { [TransportName.Direct] = submission })));
        var mtaSts = new MtaStsResolver(resolver, new InMemoryMtaStsStore(), new MtaStsFetcher(resolver));
        return new DeliveryAgent(new DeliveryPlanner(resolver, mtaSts, options), new TcpDialer(), options, routing: routing, pool: pool);
    }

    private static async Task<string> DeliverAsync(DeliveryAgent agent)
    {
        var mark = Guid.NewGuid().ToString("N");
        var report = await ReportAsync(agent, mark);
        Assert.True(report.Recipients[0].Disposition == Disposition.Delivered, report.Explanation.ToString());
        return mark;
    }

    private static Task<AttemptReport> ReportAsync(DeliveryAgent agent, string mark) => agent.DeliverAsync(new DeliveryRequest
    {
        Domain = new RecipientDomain(DomainName.Parse("far.test")),
        Envelope = new SmtpEnvelope { ReversePath = MailPath.Parse(Accounts.Ann), Recipients = [new SmtpRecipient(MailPath.Parse("bob@far.test"))] },
        Content = new BytesContent(Encoding.ASCII.GetBytes($"Subject: routed\r\nX-Test: {mark}\r\n\r\nHello\r\n")),
    }, Token).AsTask();
}
