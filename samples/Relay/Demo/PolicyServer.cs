using System.Net;
using Mail.Security.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Relay.Demo;

/// <summary>The HTTPS host of every MTA-STS policy of the demonstration (RFC 8461 §3.3).</summary>
internal sealed class PolicyServer(WebApplication application) : IAsyncDisposable
{
    public int Port => new Uri(application.Urls.First()).Port;

    public static async Task<PolicyServer> StartAsync(TestCertificateAuthority authority, IReadOnlyList<MailHost> hosts)
    {
        var policies = hosts.Where(host => host.Policy is not null).ToDictionary(host => $"mta-sts.{host.Domain}", host => host.Policy!);
        var certificate = authority.Issue([.. policies.Keys.DefaultIfEmpty("mta-sts.example")]);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var application = builder.Build();
        application.Run(context => AnswerAsync(context, policies));
        await application.StartAsync();
        return new PolicyServer(application);
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private static Task AnswerAsync(HttpContext context, Dictionary<string, string> policies)
    {
        if (context.Request.Path != "/.well-known/mta-sts.txt" || !policies.TryGetValue(context.Request.Host.Host, out var policy))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(policy);
    }
}
