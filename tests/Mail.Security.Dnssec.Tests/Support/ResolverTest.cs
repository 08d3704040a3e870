using Mail.Security.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Dnssec.Tests;

/// <summary>A server on loopback, a clock that stands still, and resolvers that ask the one by the other.</summary>
public abstract class ResolverTest : IAsyncDisposable
{
    private readonly List<DnssecResolver> _resolvers = [];

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected LoopbackDnsServer Server { get; } = new();

    protected FakeTimeProvider Time { get; } = new();

    public async ValueTask DisposeAsync()
    {
        _resolvers.ForEach(resolver => resolver.Dispose());
        await DisposeMoreAsync();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What a class has besides.</summary>
    protected virtual ValueTask DisposeMoreAsync() => ValueTask.CompletedTask;

    protected static DomainName Name(string name) => DomainName.ParseLax(name);

    /// <summary>A resolver by the clock that stands still: no time limit ends unless a test moves it.</summary>
    protected DnssecResolver Resolver(Action<DnssecResolverOptions>? configure = null) => Make(Time, configure);

    /// <summary>A resolver by the system's clock.</summary>
    protected DnssecResolver LiveResolver(Action<DnssecResolverOptions>? configure = null) => Make(TimeProvider.System, configure);

    private DnssecResolver Make(TimeProvider time, Action<DnssecResolverOptions>? configure)
    {
        var options = new DnssecResolverOptions { Servers = [Server.EndPoint] };
        configure?.Invoke(options);
        var resolver = new DnssecResolver(options, time);
        _resolvers.Add(resolver);
        return resolver;
    }
}
