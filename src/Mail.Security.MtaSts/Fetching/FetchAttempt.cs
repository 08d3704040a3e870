using System.Net;
using System.Net.Sockets;
using Mail.Security.Dnssec;

namespace Mail.Security.MtaSts;

/// <summary>The connection of one fetch: finds the policy host's addresses, tries them, and remembers why none was good.</summary>
internal sealed class FetchAttempt(DomainName host, IDnssecResolver resolver, MtaStsOptions options, TimeProvider time)
{
    private MtaStsFetchResult.Failed? connectFailure;

    public DomainName Host => host;

    public PolicyHostVerifier Verifier { get; } = new(host, options.ExtraRoots, time);

    /// <summary>What this side found wrong, if it was not the stream that failed.</summary>
    public MtaStsFetchResult.Failed? Failure =>
        connectFailure ?? (Verifier.Problem is { } problem ? new MtaStsFetchResult.Failed(MtaStsFetchFailure.Certificate, problem) : null);

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(cancellationToken).ConfigureAwait(false);
        var lastError = "";
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                using var limit = new CancellationTokenSource(options.ConnectTimeout, time);
                using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                await socket.ConnectAsync(new IPEndPoint(address, options.Port), linked.Token).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                socket.Dispose();
                lastError = e is SocketException ? e.Message : $"no connection within {options.ConnectTimeout}";
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw Fail(MtaStsFetchFailure.Connect, $"no address of {host} takes a connection: {lastError}");
    }

    // Both families at once; one that fails does not matter while the other one answers.
    private async Task<IReadOnlyList<IPAddress>> ResolveAsync(CancellationToken cancellationToken)
    {
        var six = resolver.GetAaaaAsync(host, cancellationToken).AsTask();
        var four = resolver.GetAAsync(host, cancellationToken).AsTask();
        var answers = await Task.WhenAll(six, four).ConfigureAwait(false);

        var found = answers.OfType<DnsAnswer<IPAddress>.Found>().Select(static answer => answer.Records).ToList();
        if (found.Count > 0)
            return Interleave(found, options.MaxAddresses);
        if (answers.OfType<DnsAnswer<IPAddress>.Failed>().FirstOrDefault() is { } failed)
            throw Fail(MtaStsFetchFailure.Dns, $"address lookup of {host}: {failed.Reason} {failed.Error?.ToString() ?? failed.Detail}");
        throw Fail(MtaStsFetchFailure.HostAbsent, $"{host} has no address");
    }

    // One of each family in turn, so that a family without a route costs one attempt before the other is tried.
    private static List<IPAddress> Interleave(List<IReadOnlyList<IPAddress>> families, int limit)
    {
        var longest = families.Max(static family => family.Count);
        return [.. Enumerable.Range(0, longest)
            .SelectMany(at => families.Where(family => at < family.Count).Select(family => family[at]))
            .Take(limit)];
    }

    private HttpRequestException Fail(MtaStsFetchFailure reason, string detail)
    {
        connectFailure = new MtaStsFetchResult.Failed(reason, detail);
        return new HttpRequestException(detail);
    }
}
