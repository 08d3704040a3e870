using System.Net;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;
using Mail.Security.MtaSts;
using Mail.Security.Queue;
using Mail.Security.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Mail.Security.Hosting.Tests.Registration;

public sealed class RegistrationTests
{
    private static readonly DomainName Name = DomainName.Parse("relay.example.org");
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_WithEverything_TakesMailAndStops()
    {
        var store = new RecordingStore();
        using var host = Build(services => All(services.AddSingleton<IMailQueueStore>(store)));
        await host.StartAsync(Token);

        await using (var client = await SmtpTalk.ConnectAsync(host.Services.GetRequiredService<SmtpListener>().EndPoints[0], Token))
        {
            await client.ExpectAsync("220 relay.example.org");
            foreach (var line in new[] { "EHLO c.example", "MAIL FROM:<>", "RCPT TO:<a@example.com>", "DATA" })
                await client.SayAsync(line);
            Assert.StartsWith("250 2.0.0 queued as 1", await client.SayAsync("Subject: x\r\n\r\n."), StringComparison.Ordinal);
        }
        await host.StopAsync(Token);

        Assert.Single(store.Added);
    }

    [Fact]
    public void Options_OfDelivery_TakeTheHostNameWhereNoOtherIsGiven()
    {
        using var host = Build(services => services.AddMailDelivery(options =>
        {
            options.HostName = Name;
            options.Queue.ReportingHost = DomainName.Parse("mail.example.org");
        }));
        var options = host.Services.GetRequiredService<IOptions<MailDeliveryOptions>>().Value;

        Assert.Equal(("relay.example.org", "mail.example.org"), (options.Delivery.HelloName.Ascii, options.Queue.ReportingHost.Ascii));
    }

    [Fact]
    public void Parts_RegisteredBefore_AreKept()
    {
        var (resolver, policies) = (new InMemoryResolver(), new InMemoryMtaStsStore());
        using var host = Build(services => services.AddSingleton<IDnssecResolver>(resolver).AddSingleton<IMtaStsStore>(policies).AddMailDelivery(options => options.HostName = Name));

        Assert.Same(resolver, host.Services.GetRequiredService<IDnssecResolver>());
        Assert.Same(policies, host.Services.GetRequiredService<IMtaStsStore>());
        Assert.IsType<DeliveryAgent>(host.Services.GetRequiredService<IDeliveryAgent>());
    }

    public static TheoryData<string, Action<IServiceCollection>> Faulty => new()
    {
        { "MailDeliveryOptions.HostName is required", services => services.AddSingleton<IMailQueueStore>(new RecordingStore()).AddMailDelivery(_ => { }) },
        { "MailIntakeOptions.HostName is required", services => services.AddMailIntake(_ => { }) },
        { "SmtpListenerOptions.Endpoints is empty", services => services.AddSmtpListener(options => options.Server.HostName = Name) },
        { "No IMailQueueStore is registered", services => services.AddMailDelivery(options => options.HostName = Name) },
        { "No SmtpHandler is registered", services => services.AddSmtpListener(Listen) },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task Start_SomethingMissing_IsRefusedWithASentence(string sentence, Action<IServiceCollection> configure)
    {
        using var host = Build(configure);
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Token));
        Assert.Contains(sentence, fault.Message, StringComparison.Ordinal);
    }

    private static IServiceCollection All(IServiceCollection services) => services
        .AddMailDelivery(options => options.HostName = Name)
        .AddMailIntake(options => options.HostName = Name)
        .AddSmtpListener(Listen);

    private static void Listen(SmtpListenerOptions options)
    {
        options.Server.HostName = Name;
        options.Endpoints.Add(new(new IPEndPoint(IPAddress.Loopback, 0)));
    }

    private static IHost Build(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        configure(builder.Services);
        return builder.Build();
    }
}
