using System.Net;
using Mail.Security.Testing;

namespace Mail.Security.SenderAuthentication.Tests;

/// <summary>A world of records and a client that asks in it.</summary>
internal sealed class SpfWorld
{
    public InMemoryResolver Dns { get; } = new();

    public string Sender { get; init; } = "strong-bad@email.example.com";

    public string Hello { get; init; } = "mail.example.net";

    public SpfWorld Txt(string name, string text)
    {
        Dns.AddTxt(name, text);
        return this;
    }

    public async Task<SpfResult> CheckAsync(string client = "192.0.2.3", SpfOptions? options = null) =>
        await new SpfEvaluator(Dns, options).CheckMailFromAsync(Query(client), TestContext.Current.CancellationToken);

    public SpfQuery Query(string client = "192.0.2.3") => new()
    {
        Client = IPAddress.Parse(client), Sender = Sender.Length == 0 ? MailPath.Null : MailPath.Parse(Sender), Hello = Hello, Receiver = DomainName.Parse("mx.receiver.example"),
    };

    /// <summary>The result of one record of the sender's domain.</summary>
    public static Task<SpfResult> OfAsync(string record, string client = "192.0.2.3") => new SpfWorld().Txt("email.example.com", record).CheckAsync(client);
}
