using System.Diagnostics.Metrics;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;
using Mail.Security.MtaSts;
using Mail.Security.Queue;
using Mail.Security.SmtpServer;
using Mail.Security.Transports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Mail.Security.Hosting;

/// <summary>Puts mail delivery and SMTP intake into a generic or ASP.NET Core host.</summary>
/// <remarks>Every part is registered only if the application has not registered its own before. Options that cannot work keep the host from starting.</remarks>
public static class MailServiceCollectionExtensions
{
    /// <summary>
    /// Adds the delivery engine: resolver, MTA-STS, planner, agent, a pool of connections that ends with the host, and a queue runner that works as long as the host runs. The application
    /// registers the <see cref="IMailQueueStore"/>, an <see cref="IMtaStsStore"/> unless policies may be forgotten with the process, and an <see cref="ITrustAnchorStore"/> where trust anchors
    /// are to follow the keys of their zones and <see cref="MailDeliveryOptions.Resolver"/> names none.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; <see cref="MailDeliveryOptions.HostName"/> is required.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddMailDelivery(this IServiceCollection services, Action<MailDeliveryOptions> configure)
    {
        AddOptions<MailDeliveryOptions, MailDeliveryOptionsValidator>(services, configure);
        services.PostConfigure<MailDeliveryOptions>(static options =>
        {
            options.Delivery.HelloName = options.Delivery.HelloName.IsEmpty ? options.HostName : options.Delivery.HelloName;
            options.Delivery.Converter ??= new MimeContentConverter();
            options.Queue.ReportingHost = options.Queue.ReportingHost.IsEmpty ? options.HostName : options.Queue.ReportingHost;
        });
        services.AddOptions<MailDeliveryOptions>().PostConfigure<IServiceProvider>(static (options, provider) => options.Resolver.TrustAnchorStore ??= provider.GetService<ITrustAnchorStore>());
        services.TryAddSingleton<IDnssecResolver>(static provider => new DnssecResolver(Of(provider).Resolver, Time(provider), Meters(provider)));
        services.TryAddSingleton<IMtaStsStore>(static _ => new InMemoryMtaStsStore());
        services.TryAddSingleton(static provider => new MtaStsFetcher(Resolver(provider), Of(provider).MtaSts, Time(provider)));
        services.TryAddSingleton(static provider => new MtaStsResolver(
            Resolver(provider), provider.GetRequiredService<IMtaStsStore>(), provider.GetRequiredService<MtaStsFetcher>(), Of(provider).MtaSts, Time(provider)));
        services.TryAddSingleton<SmtpDialer>(static provider => new TcpDialer(Of(provider).Dialer, Time(provider)));
        services.TryAddSingleton(static provider => new DeliveryPlanner(Resolver(provider), provider.GetRequiredService<MtaStsResolver>(), Of(provider).Delivery, Time(provider)));
        services.TryAddSingleton<IDomainKnowledgeStore>(static _ => new InMemoryDomainKnowledgeStore());
        services.TryAddSingleton(static provider => new DeliveryRouting(null, provider.GetRequiredService<IDomainKnowledgeStore>()));
        services.TryAddSingleton(static provider => new TransportDialers(provider.GetRequiredService<SmtpDialer>(), Of(provider).Dialer, Time(provider), provider.GetService<ILoggerFactory>()));
        services.TryAddSingleton(static provider => new SmtpSessionPool(Of(provider).Pool, Time(provider), provider.GetService<ILogger<SmtpSessionPool>>(), Meters(provider)));
        services.TryAddSingleton<IDeliveryAgent>(static provider => new DeliveryAgent(
            provider.GetRequiredService<DeliveryPlanner>(), provider.GetRequiredService<SmtpDialer>(), Of(provider).Delivery, Time(provider), provider.GetService<ILogger<DeliveryAgent>>(),
            provider.GetRequiredService<DeliveryRouting>(), provider.GetRequiredService<TransportDialers>(), provider.GetRequiredService<SmtpSessionPool>()));
        services.TryAddSingleton(static provider => new QueueAdministration(Store(provider), provider.GetRequiredService<DeliveryRouting>()));
        services.TryAddSingleton(static provider => new QueueRunner(
            Store(provider), provider.GetRequiredService<IDeliveryAgent>(), Of(provider).Schedule, Of(provider).Queue, Time(provider), provider.GetRequiredService<ILogger<QueueRunner>>(), Meters(provider)));
        return services.AddHostedService<QueueService>();
    }

    /// <summary>
    /// Adds transports, routes and destination policies for <see cref="AddMailDelivery"/>, from the sections that <see cref="RouteConfiguration"/> reads. A configuration that is wrong keeps
    /// the host from starting; one that is changed while it runs is taken when it is right (<see cref="RouteReloader"/>).
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The configuration that holds the sections.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddMailRoutes(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.TryAddSingleton<IDomainKnowledgeStore>(static _ => new InMemoryDomainKnowledgeStore());
        services.Replace(ServiceDescriptor.Singleton(provider => new DeliveryRouting(Routes(configuration), provider.GetRequiredService<IDomainKnowledgeStore>())));
        services.TryAddSingleton(provider => new RouteReloader(configuration, provider.GetRequiredService<DeliveryRouting>(), provider.GetService<ILogger<RouteReloader>>()));
        return services.AddHostedService(static provider => provider.GetRequiredService<RouteReloader>());
    }

    /// <summary>
    /// Adds the intake: the <see cref="SmtpHandler"/> that queues what listeners receive, in the application's <see cref="IMailQueueStore"/>,
    /// and wakes the queue runner of <see cref="AddMailDelivery"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; <see cref="MailIntakeOptions.HostName"/> is required.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddMailIntake(this IServiceCollection services, Action<MailIntakeOptions> configure)
    {
        AddOptions<MailIntakeOptions, MailIntakeOptionsValidator>(services, configure);
        services.TryAddSingleton(static provider => new MailIntakeMetrics(Meters(provider)));
        services.TryAddSingleton<SmtpHandler>(static provider => new MailIntake(
            Store(provider), provider.GetRequiredService<IOptions<MailIntakeOptions>>().Value, Time(provider), provider.GetService<ILogger<MailIntake>>(),
            provider.GetService<QueueRunner>() is { } runner ? runner.Wake : null, provider.GetRequiredService<MailIntakeMetrics>()));
        return services;
    }

    /// <summary>
    /// Adds a listener that runs an SMTP session on each connection, with the application's <see cref="SmtpHandler"/>: that of <see cref="AddMailIntake"/> or its own. Its protocol log
    /// is a singleton that follows <see cref="SmtpProtocolLogOptions"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; called twice, both calls set the same options.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddSmtpListener(this IServiceCollection services, Action<SmtpListenerOptions> configure)
    {
        AddOptions<SmtpListenerOptions, SmtpListenerOptionsValidator>(services, configure);
        services.TryAddSingleton(static provider => new SmtpServerMetrics(Meters(provider)));
        services.TryAddSingleton(ProtocolLog);
        services.AddOptions<SmtpListenerOptions>().PostConfigure<SmtpProtocolLog>(static (options, log) =>
        {
            options.Server.ProtocolLog ??= log;
            foreach (var endpoint in options.Endpoints)
                options.ServerOf(endpoint).ProtocolLog ??= log;
        });
        services.TryAddSingleton(static provider =>
        {
            var (options, handler) = (provider.GetRequiredService<IOptions<SmtpListenerOptions>>().Value, Handler(provider));
            options.MailData ??= (handler as MailIntake)?.MailData;
            return new SmtpListener(options, handler, Time(provider), provider.GetService<ILoggerFactory>(), provider.GetRequiredService<SmtpServerMetrics>());
        });
        return services.AddHostedService(static provider => provider.GetRequiredService<SmtpListener>());
    }

    /// <summary>
    /// Adds a <see cref="CertificateReloader"/>, which keeps the certificates of listeners as their files are:
    /// <c>services.AddOptions&lt;SmtpListenerOptions&gt;().Configure&lt;CertificateReloader&gt;((options, certificates) => options.Server.Tls = certificates.Tls)</c>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; <see cref="CertificateReloadOptions.Files"/> is required.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddCertificateReload(this IServiceCollection services, Action<CertificateReloadOptions> configure)
    {
        AddOptions<CertificateReloadOptions, CertificateReloadOptionsValidator>(services, configure);
        services.TryAddSingleton(static provider => new CertificateReloader(
            provider.GetRequiredService<IOptions<CertificateReloadOptions>>().Value, Time(provider), provider.GetService<ILogger<CertificateReloader>>()));
        return services.AddHostedService(static provider => provider.GetRequiredService<CertificateReloader>());
    }

    private static void AddOptions<TOptions, TValidator>(IServiceCollection services, Action<TOptions> configure)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<TOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, TValidator>());
        services.TryAddSingleton(TimeProvider.System);
    }

    private static SmtpProtocolLog ProtocolLog(IServiceProvider provider)
    {
        var loggers = provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        var (log, logger) = (new SmtpProtocolLog(loggers.CreateLogger(SmtpProtocolLog.Category)), loggers.CreateLogger<SmtpListener>());
        var options = provider.GetRequiredService<IOptionsMonitor<SmtpProtocolLogOptions>>();
        log.Sources = [.. options.CurrentValue.Sources];
        options.OnChange(changed =>
        {
            if (log.Sources.SequenceEqual(changed.Sources))
                return;
            log.Sources = [.. changed.Sources];
            HostingLog.ProtocolLogChanged(logger, changed.Sources.Count == 0 ? "none" : string.Join(", ", changed.Sources));
        });
        return log;
    }

    private static DeliveryRoutes Routes(IConfiguration configuration) => RouteConfiguration.Read(configuration) switch
    {
        RouteReading.Usable(var routes) => routes,
        RouteReading.Unusable(var problems) => throw new OptionsValidationException("Routes", typeof(DeliveryRoutes), problems.Select(static problem => problem.ToString())),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static MailDeliveryOptions Of(IServiceProvider provider) => provider.GetRequiredService<IOptions<MailDeliveryOptions>>().Value;

    private static TimeProvider Time(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();

    private static IMeterFactory? Meters(IServiceProvider provider) => provider.GetService<IMeterFactory>();

    private static IDnssecResolver Resolver(IServiceProvider provider) => provider.GetRequiredService<IDnssecResolver>();

    private static IMailQueueStore Store(IServiceProvider provider) => provider.GetService<IMailQueueStore>()
        ?? throw new InvalidOperationException($"No {nameof(IMailQueueStore)} is registered: register one before the host starts, such as SqliteMailQueueStore of Mail.Security.Storage.Sqlite.");

    private static SmtpHandler Handler(IServiceProvider provider) => provider.GetService<SmtpHandler>()
        ?? throw new InvalidOperationException($"No {nameof(SmtpHandler)} is registered: call {nameof(AddMailIntake)} or register one of your own.");
}
