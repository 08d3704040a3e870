using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using Mail.Security.Dnssec;

namespace Mail.Security.MtaSts;

/// <summary>Fetches the policy of a domain from its policy host (RFC 8461 §3.3).</summary>
/// <remarks>
/// The host is <c>mta-sts.</c> and the domain in A-labels, its addresses come from the resolver given. Nothing is followed, kept or
/// shared: no redirect, proxy, cookie, HTTP cache or second request on a connection. Time and size are limited while reading.
/// </remarks>
public sealed class MtaStsFetcher
{
    private const int MaxHeaderKilobytes = 16;
    private readonly IDnssecResolver resolver;
    private readonly MtaStsOptions options;
    private readonly TimeProvider time;

    /// <summary>Creates a fetcher. It holds no connection and needs no disposal.</summary>
    /// <param name="resolver">Finds the addresses of policy hosts.</param>
    /// <param name="options">The limits; null for the defaults.</param>
    /// <param name="time">The clock, for limits and for the validity of certificates; null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public MtaStsFetcher(IDnssecResolver resolver, MtaStsOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(resolver);
        this.resolver = resolver;
        this.options = (options ?? new MtaStsOptions()).CheckedCopy();
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>Fetches the policy of one domain, once.</summary>
    /// <param name="domain">The recipient domain; never the target of an alias.</param>
    /// <param name="cancellationToken">Ends the fetch.</param>
    /// <returns>The policy, or why there is none; what the network does is never thrown.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<MtaStsFetchResult> FetchAsync(RecipientDomain domain, CancellationToken cancellationToken = default)
    {
        if (PolicyNames.TryGetHost(domain) is not { } host)
            return new MtaStsFetchResult.Failed(MtaStsFetchFailure.HostAbsent, "no policy host can be named for this domain");

        using var limit = new CancellationTokenSource(options.FetchTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var attempt = new FetchAttempt(host, resolver, options, time);
        try
        {
            return await FetchAsync(attempt, linked.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return limit.IsCancellationRequested
                ? new MtaStsFetchResult.Failed(MtaStsFetchFailure.Timeout, $"no complete policy from {host} within {options.FetchTimeout}")
                : attempt.Failure ?? new MtaStsFetchResult.Failed(MtaStsFetchFailure.Protocol, Innermost(e).Message);
        }
    }

    private async Task<MtaStsFetchResult> FetchAsync(FetchAttempt attempt, CancellationToken cancellationToken)
    {
        using var handler = CreateHandler(attempt);
        using var invoker = new HttpMessageInvoker(handler);
        // RFC 8461 §3.2: the URL is fixed; the name in it is the A-label form.
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"https://{attempt.Host.Ascii}/.well-known/mta-sts.txt"))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.ConnectionClose = true;
        using var response = await invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return Refusal(response) ?? await ReadPolicyAsync(response.Content, cancellationToken).ConfigureAwait(false);
    }

    // RFC 8461 §3.3: no redirects, no HTTP caching.
    private static SocketsHttpHandler CreateHandler(FetchAttempt attempt) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectCallback = attempt.ConnectAsync,
        MaxResponseDrainSize = 0,
        MaxResponseHeadersLength = MaxHeaderKilobytes,
        PooledConnectionLifetime = TimeSpan.Zero,
        SslOptions = attempt.Verifier.Options,
        UseCookies = false,
        UseProxy = false,
    };

    private static MtaStsFetchResult.Failed? Refusal(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var reason = status switch
        {
            200 => MtaStsFetchFailure.Unspecified,
            404 or 410 => MtaStsFetchFailure.NotFound,
            >= 300 and < 400 => MtaStsFetchFailure.Redirect,
            _ => MtaStsFetchFailure.Status,
        };
        if (reason != MtaStsFetchFailure.Unspecified)
            return new MtaStsFetchResult.Failed(reason, $"the policy host answered with status {status}");

        return IsPlainText(response.Content.Headers)
            ? null
            : new MtaStsFetchResult.Failed(MtaStsFetchFailure.MediaType, "the policy is not served as text/plain");
    }

    // RFC 8461 §3.2: the media type is checked, its parameters are not. So "text/plain;" will do, which the typed header refuses.
    private static bool IsPlainText(HttpContentHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("Content-Type", out var values) || values.Count != 1)
            return false;
        var type = values.ToString().AsSpan();
        var semicolon = type.IndexOf(';');
        return (semicolon < 0 ? type : type[..semicolon]).Trim().Equals("text/plain", StringComparison.OrdinalIgnoreCase);
    }

    private async Task<MtaStsFetchResult> ReadPolicyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var tooLarge = new MtaStsFetchResult.Failed(MtaStsFetchFailure.TooLarge, $"the policy is larger than {options.MaxPolicyBytes} bytes");
        if (content.Headers.ContentLength > options.MaxPolicyBytes)
            return tooLarge;
        var buffer = ArrayPool<byte>.Shared.Rent(options.MaxPolicyBytes + 1);
        try
        {
            using var body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var length = await body.ReadAtLeastAsync(buffer.AsMemory(0, options.MaxPolicyBytes + 1), options.MaxPolicyBytes + 1, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (length > options.MaxPolicyBytes)
                return tooLarge;
            return MtaStsPolicy.Parse(buffer.AsSpan(0, length)) switch
            {
                MtaStsPolicyParseResult.Valid(var policy) => new MtaStsFetchResult.Fetched(policy),
                MtaStsPolicyParseResult.Invalid(_, var detail) => new MtaStsFetchResult.Failed(MtaStsFetchFailure.Policy, detail),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Exception Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e;
    }
}
