using Mail.Security.Dnssec;

namespace Mail.Security.SenderAuthentication;

/// <summary>Evaluates SPF (RFC 7208): whether a domain lets a client use its name.</summary>
/// <remarks>
/// <para>Every mechanism, modifier and macro is there. Ten terms may ask the DNS, two of them for what does not exist, and an evaluation ends in time; what a record holds makes it neither throw nor
/// ask more. A DNS failure is a temporary error, never a result.</para>
/// <para>A name that comes of macros and holds other characters than letters, digits, hyphens and underscores is as one that does not exist (RFC 7208 §4.8): no match in most terms, a permanent error
/// in include and redirect, where a record has to be (RFC 7208 §5.2, §6.1).</para>
/// <para>Safe for use by many callers at once.</para>
/// </remarks>
/// <param name="resolver">Where records are looked up.</param>
/// <param name="options">The limits; null for the defaults.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class SpfEvaluator(IDnssecResolver resolver, SpfOptions? options = null, TimeProvider? time = null)
{
    internal const int MaxExplanation = 500;

    private readonly IDnssecResolver _resolver = resolver ?? throw new ArgumentNullException(nameof(resolver));
    private readonly SpfOptions _options = (options ?? new SpfOptions()).CheckedCopy();
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Checks the reverse-path; without one, the postmaster of the name in EHLO (RFC 7208 §2.4).</summary>
    /// <param name="query">The client and what it said.</param>
    /// <param name="cancellationToken">Gives up early.</param>
    /// <returns>What the domain says.</returns>
    public ValueTask<SpfResult> CheckMailFromAsync(SpfQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return RunAsync(SpfIdentity.MailFrom(query), cancellationToken);
    }

    /// <summary>Checks the name in EHLO or HELO (RFC 7208 §2.3).</summary>
    /// <param name="query">The client and what it said.</param>
    /// <param name="cancellationToken">Gives up early.</param>
    /// <returns>What the domain says; <see cref="SpfResult.None"/> where the client gave no name of several labels.</returns>
    public ValueTask<SpfResult> CheckHelloAsync(SpfQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return RunAsync(SpfIdentity.HelloName(query), cancellationToken);
    }

    private async ValueTask<SpfResult> RunAsync(SpfIdentity identity, CancellationToken cancellationToken)
    {
        var run = new SpfRun(_resolver, _options, identity, _time);
        using var timer = new CancellationTokenSource(_options.Timeout, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            var result = await run.RunAsync(limit.Token).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();       // an explanation that was cut off makes no difference between the two
            return result;
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return run.TimedOut();      // RFC 7208 §4.6.4
        }
    }
}
