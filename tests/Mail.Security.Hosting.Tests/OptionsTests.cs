using System.Net;
using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting.Tests;

/// <summary>Options that cannot work are refused with a sentence that names the property.</summary>
public sealed class OptionsTests
{
    public static TheoryData<string, Action<MailIntakeOptions>> BadIntake => new()
    {
        { "HostName is required", options => options.HostName = default },
        { "Postmaster must be an address with a domain", options => options.Postmaster = MailPath.Parse("admin@[192.0.2.1]") },
        { "MaxReceivedFields must be at least 1, not 0", options => options.MaxReceivedFields = 0 },
        { "MaxMemoryPerMessage must be 0 to 16777216 bytes, not -1", options => options.MaxMemoryPerMessage = -1 },
        { "SpoolFolder must be a folder that exists", options => options.SpoolFolder = "/no/such/folder" },
    };

    [Theory]
    [MemberData(nameof(BadIntake))]
    public void MailIntakeOptions_UnusableValue_IsNamed(string sentence, Action<MailIntakeOptions> spoil)
    {
        var options = new MailIntakeOptions { HostName = DomainName.Parse("relay.example.org") };
        options.Validate();
        spoil(options);
        Assert.Contains("MailIntakeOptions." + sentence, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<SmtpListenerOptions>> BadListener => new()
    {
        { "Endpoints is empty", options => options.Endpoints.Clear() },
        { "MaxConnections must be at least 1, not 0", options => options.MaxConnections = 0 },
        { "Scheduling must be one of the named values, not 7", options => options.Scheduling = (SessionScheduling)7 },
        { "MaxConnectionsPerAddress must be at least 1, not -1", options => options.MaxConnectionsPerAddress = -1 },
        { "Endpoints: 127.0.0.1:465 starts with TLS", options => options.Endpoints.Add(new(new IPEndPoint(IPAddress.Loopback, 465)) { TlsStart = TlsStart.Immediately }) },
        { "MaxFailedLoginsPerAddress must be 0 or more, not -1", options => options.MaxFailedLoginsPerAddress = -1 },
        { "MaxFailedLoginsPerNetwork must be 0 or more, not -1", options => options.MaxFailedLoginsPerNetwork = -1 },
        { "FailedLoginWindow must be 1 minute to 7 days, not 00:00:59", options => options.FailedLoginWindow = TimeSpan.FromSeconds(59) },
        { "Server: HostName is required", options => options.Server = new SmtpServerOptions() },
    };

    [Theory]
    [MemberData(nameof(BadListener))]
    public void SmtpListenerOptions_UnusableValue_IsNamed(string sentence, Action<SmtpListenerOptions> spoil)
    {
        var options = new SmtpListenerOptions { Server = { HostName = DomainName.Parse("relay.example.org") } };
        options.Endpoints.Add(new(new IPEndPoint(IPAddress.Loopback, 0)));
        options.Validate();
        spoil(options);
        Assert.Contains("SmtpListenerOptions." + sentence, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }
}
