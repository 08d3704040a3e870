using Mail.Security.Delivery;
using Mail.Security.Dnssec;
using Mail.Security.Hosting;
using Mail.Security.MtaSts;
using Mail.Security.Queue;
using Mail.Security.RequireTls;
using Mail.Security.Sasl;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;
using Mail.Security.Storage.Sqlite;
using Mail.Security.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Relay.Configuration;

namespace Relay.Running;

/// <summary>Puts the relay together: the engine and the listeners of Mail.Security.Hosting over an SQLite store.</summary>
internal static class RelayHost
{
    public static IHost Build(RelayConfiguration configuration, CommandLine line)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        RelayLogging.Add(builder.Logging, configuration);
        // Services stop in the reverse of this order, one after the other: first the listeners, then the queue.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = 2 * configuration.StopTimeout + TimeSpan.FromSeconds(10));
        AddStores(builder.Services, configuration);
        builder.Services.AddSingleton<IDeliveryAgent>(services => Agent(services, configuration));
        builder.Services.AddMailDelivery(options => Deliver(options, configuration));
        builder.Services.AddSingleton(services => new DeliveryRouting(configuration.Routes, services.GetRequiredService<IDomainKnowledgeStore>()));
        builder.Services.AddSingleton<RouteService>().AddHostedService(static services => services.GetRequiredService<RouteService>());
        builder.Services.AddMailIntake(options => TakeIn(options, configuration));
        builder.Services.AddSingleton(configuration).AddSingleton(line).AddHostedService<ProtocolLogService>();
        AddCertificates(builder.Services, configuration);
        var logins = configuration.Credentials?.CreateFactory(LoginKey.Open(LoginKey.PathBeside(configuration.Database)));
        builder.Services.AddSmtpListener(options => Limit(options, configuration));
        builder.Services.AddOptions<SmtpListenerOptions>().Configure<SmtpServerTls>((options, tls) => Listen(options, configuration, tls, logins));
        return builder.Build();
    }

    private static void AddStores(IServiceCollection services, RelayConfiguration configuration)
    {
        var options = new SqliteStoreOptions { Path = configuration.Database, MaxBytes = configuration.MaxDatabaseSize, MinFreeBytes = configuration.MinFreeSpace };
        services.AddSingleton(provider => new SqliteDatabase(options, provider.GetRequiredService<ILogger<SqliteDatabase>>()));
        services.AddSingleton<IMailQueueStore, SqliteMailQueueStore>();
        services.AddSingleton<IMtaStsStore, SqliteMtaStsStore>();
        services.AddSingleton<IDomainKnowledgeStore, SqliteDomainKnowledgeStore>();
        if (configuration.TrustAnchorStore is TrustAnchorPlace.InDatabase)
            services.AddSingleton<ITrustAnchorStore, SqliteTrustAnchorStore>();
        services.AddHostedService<DatabaseService>();
    }

    private static void AddCertificates(IServiceCollection services, RelayConfiguration configuration)
    {
        services.AddHostedService<HangupService>();
        if (configuration.Certificate.Made is { } made)
        {
            services.AddSingleton(new SmtpServerTls(new SmtpServerCertificates(made)));
            return;
        }
        services.AddCertificateReload(options =>
        {
            options.Interval = configuration.CertificateInterval;
            foreach (var file in configuration.Certificate.Files)
                options.Files.Add(file);
        });
        services.AddSingleton(static provider => provider.GetRequiredService<CertificateReloader>().Tls);
    }

    private static IDeliveryAgent Agent(IServiceProvider services, RelayConfiguration configuration)
    {
        var agent = new DeliveryAgent(
            services.GetRequiredService<DeliveryPlanner>(), services.GetRequiredService<SmtpDialer>(), services.GetRequiredService<IOptions<MailDeliveryOptions>>().Value.Delivery,
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<DeliveryAgent>>(), services.GetRequiredService<DeliveryRouting>(),
            services.GetRequiredService<TransportDialers>(), services.GetRequiredService<SmtpSessionPool>());
        return configuration.Explain == Explaining.All ? new ExplainingAgent(agent, services.GetRequiredService<ILogger<ExplainingAgent>>()) : agent;
    }

    private static void Deliver(MailDeliveryOptions options, RelayConfiguration configuration)
    {
        options.HostName = configuration.HostName;
        configuration.Ask(options.Resolver);
        (options.MtaSts.Port, options.MtaSts.ExtraRoots) = (configuration.MtaStsPort, configuration.ExtraRoots);
        (options.Delivery.Port, options.Delivery.ExtraRoots, options.Delivery.InsecureMx) = (configuration.DeliveryPort, configuration.ExtraRoots, configuration.InsecureMx);
        // RFC 5321 §5.1: a relay that is a mail exchanger itself hands on to better ones only
        options.Delivery.OwnNames = [configuration.HostName];
        options.Delivery.OwnAddresses = [.. configuration.Smtp.Where(end => end.Port == configuration.DeliveryPort).Select(static end => end.Address)];
        options.Delivery.Vetting = new AddressVettingOptions { AllowedNetworks = configuration.DeliveryNetworks };
        (options.Queue.MaxConcurrency, options.Queue.LeaseDuration, options.Queue.StopTimeout) = (configuration.MaxDeliveries, configuration.Lease, configuration.StopTimeout);
        (options.Schedule, options.Pool) = (configuration.Schedule, configuration.Pool);
    }

    private static void TakeIn(MailIntakeOptions options, RelayConfiguration configuration)
    {
        (options.HostName, options.Postmaster, options.MaxHeldBytes) = (configuration.HostName, configuration.Postmaster, configuration.MaxHeldMail);
        options.RelayNetworks.Clear();
        foreach (var network in configuration.Networks)
            options.RelayNetworks.Add(network);
    }

    private static void Limit(SmtpListenerOptions options, RelayConfiguration configuration)
    {
        (options.MaxConnections, options.MaxConnectionsPerAddress) = (configuration.MaxConnections, configuration.MaxConnectionsPerAddress);
        (options.MaxConnectionsPerNetwork, options.MaxConnectionRatePerAddress) = (configuration.MaxConnectionsPerNetwork, configuration.MaxConnectionRate);
        (options.MaxFailedLoginsPerAddress, options.MaxFailedLoginsPerNetwork) = (configuration.MaxFailedLogins, configuration.MaxFailedLoginsPerNetwork);
    }

    private static void Listen(SmtpListenerOptions options, RelayConfiguration configuration, SmtpServerTls tls, SaslServerFactory? logins)
    {
        options.Server = Server(configuration, tls);
        // RFC 8314 §3.3: nobody submits mail in the clear.
        var submission = Server(configuration, tls.WithRequirement(TlsRequirement.Required));
        if (logins is not null)
            submission.Authentication = new SmtpServerAuthentication(logins) { Requirement = AuthenticationRequirement.Required };
        foreach (var end in configuration.Smtp)
            options.Endpoints.Add(new SmtpEndpoint(end));
        foreach (var end in configuration.Submission)
            options.Endpoints.Add(new SmtpEndpoint(end) { Server = submission });
        foreach (var end in configuration.SubmissionTls)
            options.Endpoints.Add(new SmtpEndpoint(end) { Server = submission, TlsStart = TlsStart.Immediately });
    }

    private static SmtpServerOptions Server(RelayConfiguration configuration, SmtpServerTls tls) => new()
    {
        HostName = configuration.HostName,
        MaxMessageSize = configuration.MaxMessageSize,
        BareLineEnds = configuration.BareLineEnds,
        // The queue keeps what these promise, and tells and returns as they say.
        Features = SmtpServerFeatures.Chunking | SmtpServerFeatures.Limits | SmtpServerFeatures.Dsn,
        Extensions = [new RequireTlsExtension(), new DeliverByExtension(), new PriorityExtension()],
        Tls = tls,
        Timeouts = { ShutdownGrace = configuration.StopTimeout },
    };
}
