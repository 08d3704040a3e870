using System.Net;
using System.Net.Sockets;
using Mail.Security.Dnssec;

namespace Mail.Security.SenderAuthentication;

/// <summary>One evaluation: check_host and all it leads to (RFC 7208 §4).</summary>
internal sealed class SpfRun
{
    private const int MaxHosts = 10;        // RFC 7208 §4.6.4

    private readonly IDnssecResolver _resolver;
    private readonly SpfIdentity _identity;
    private readonly SpfLookups _lookups;
    private readonly MacroExpander _macros;
    private readonly ClientNames _names;

    public SpfRun(IDnssecResolver resolver, SpfOptions options, SpfIdentity identity, TimeProvider time)
    {
        (_resolver, _identity, _lookups) = (resolver, identity, new SpfLookups(options));
        _names = new ClientNames(resolver, identity.Client, _lookups);
        _macros = new MacroExpander(identity, _names, time);
    }

    public async ValueTask<SpfResult> RunAsync(CancellationToken cancellationToken) =>
        Sign(await CheckHostAsync(_identity.Domain, SpfLevel.Deciding, LookupWeight.Free, cancellationToken).ConfigureAwait(false));

    public SpfResult TimedOut() => Sign(new SpfResult.TempError("the evaluation took too long")) with { Security = DnsSecurity.Indeterminate };

    private SpfResult Sign(SpfResult result) => result with { Security = _lookups.Security, Lookups = _lookups.Terms };

    private async ValueTask<SpfResult> CheckHostAsync(string domain, SpfLevel level, LookupWeight weight, CancellationToken cancellationToken)
    {
        if (!TargetName.TryReadDomain(domain, out var name))
            return new SpfResult.None("there is no domain name of several labels");
        var (texts, end) = await _lookups.AskAsync(weight, _resolver.GetTxtAsync(name, cancellationToken)).ConfigureAwait(false);
        if (end is not null)
            return end;
        var records = texts.Where(SpfRecordParser.IsSpf).ToList();
        if (records.Count != 1)
            return records.Count == 0 ? new SpfResult.None($"{name} has no record") : new SpfResult.PermError(SpfFault.SeveralRecords, $"{name} has {records.Count} records");
        var (record, wrong) = SpfRecordParser.Parse(records[0]);
        return record is null
            ? new SpfResult.PermError(SpfFault.Syntax, $"the record of {name} has the term '{Shown(wrong)}'")
            : await EvaluateAsync(record, name, level, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<SpfResult> EvaluateAsync(SpfRecord record, DomainName domain, SpfLevel level, CancellationToken cancellationToken)
    {
        foreach (var directive in record.Directives)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var step = await TestAsync(directive, domain, cancellationToken).ConfigureAwait(false);
            if (step.End is not null)
                return step.End;
            if (step.IsMatch)
                return await ConcludeAsync(directive, new SpfMatch(domain, directive.Text, step.Inner), record, level, cancellationToken).ConfigureAwait(false);
        }
        if (record.Redirect is null)
            return new SpfResult.Neutral(null);
        // RFC 7208 §6.1
        var (target, end) = await TargetAsync(record.Redirect, domain, "redirect", cancellationToken).ConfigureAwait(false);
        if (end is not null)
            return end;
        var result = await CheckHostAsync(target, level, LookupWeight.Term, cancellationToken).ConfigureAwait(false);
        return result is SpfResult.None none ? new SpfResult.PermError(SpfFault.NoRecordThere, $"{domain} redirects to nothing: {none.Detail}") : result;
    }

    private async ValueTask<SpfResult> ConcludeAsync(SpfDirective directive, SpfMatch match, SpfRecord record, SpfLevel level, CancellationToken cancellationToken) => directive.Qualifier switch
    {
        SpfQualifier.Pass => new SpfResult.Pass(match),
        SpfQualifier.SoftFail => new SpfResult.SoftFail(match),
        SpfQualifier.Fail => new SpfResult.Fail(match, level == SpfLevel.Included || record.Explanation is null ? "" : await ExplainAsync(record.Explanation, match.Domain, cancellationToken).ConfigureAwait(false)),
        _ => new SpfResult.Neutral(match),
    };

    private async ValueTask<Step> TestAsync(SpfDirective directive, DomainName domain, CancellationToken cancellationToken) => directive.Mechanism switch
    {
        SpfMechanism.All => Step.Match,
        SpfMechanism.Ip(var network, var prefix) => Step.Of(prefix.Match(_identity.Client, network)),
        SpfMechanism.Include(var spec) => await IncludeAsync(spec, domain, directive.Text, cancellationToken).ConfigureAwait(false),
        SpfMechanism.A(var spec, var prefix) => await HostAsync(spec, domain, directive.Text, prefix, cancellationToken).ConfigureAwait(false),
        SpfMechanism.Mx(var spec, var prefix) => await ExchangersAsync(spec, domain, directive.Text, prefix, cancellationToken).ConfigureAwait(false),
        SpfMechanism.Ptr(var spec) => await NamesAsync(spec, domain, directive.Text, cancellationToken).ConfigureAwait(false),
        SpfMechanism.Exists(var spec) => await ExistsAsync(spec, domain, directive.Text, cancellationToken).ConfigureAwait(false),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // RFC 7208 §5.2
    private async ValueTask<Step> IncludeAsync(MacroText spec, DomainName domain, string term, CancellationToken cancellationToken)
    {
        var (target, end) = await TargetAsync(spec, domain, term, cancellationToken).ConfigureAwait(false);
        if (end is not null)
            return Step.Ends(end);
        if (!CanMatch(spec))
            return Step.NoMatch;
        return await CheckHostAsync(target, SpfLevel.Included, LookupWeight.Term, cancellationToken).ConfigureAwait(false) switch
        {
            SpfResult.Pass(var match) => Step.Match with { Inner = match },
            SpfResult.None none => Step.Ends(new SpfResult.PermError(SpfFault.NoRecordThere, $"'{Shown(term)}' of {domain} includes nothing: {none.Detail}")),
            SpfResult.TempError error => Step.Ends(error),
            SpfResult.PermError error => Step.Ends(error),
            _ => Step.NoMatch,
        };
    }

    // RFC 7208 §5.3
    private async ValueTask<Step> HostAsync(MacroText? spec, DomainName domain, string term, PrefixLengths prefix, CancellationToken cancellationToken)
    {
        var (target, end) = await TargetAsync(spec, domain, term, cancellationToken).ConfigureAwait(false);
        if (end is not null || !CanMatch(spec) || !TargetName.TryRead(target, out var host))
            return Step.Ends(end);
        var (addresses, stop) = await _lookups.AskAsync(LookupWeight.Term, AddressesOf(host, cancellationToken)).ConfigureAwait(false);
        return stop is not null ? Step.Ends(stop) : Step.Of(addresses.Any(address => prefix.Match(_identity.Client, address)));
    }

    // RFC 7208 §5.4; no implicit MX.
    private async ValueTask<Step> ExchangersAsync(MacroText? spec, DomainName domain, string term, PrefixLengths prefix, CancellationToken cancellationToken)
    {
        var (target, end) = await TargetAsync(spec, domain, term, cancellationToken).ConfigureAwait(false);
        if (end is not null || !CanMatch(spec) || !TargetName.TryRead(target, out var name))
            return Step.Ends(end);
        var (exchangers, stop) = await _lookups.AskAsync(LookupWeight.Term, _resolver.GetMxAsync(name, cancellationToken)).ConfigureAwait(false);
        if (stop is not null)
            return Step.Ends(stop);
        var hosts = exchangers.Where(static record => !record.IsNullMx).Select(static record => record.Exchange).Distinct().ToList();
        if (hosts.Count > MaxHosts)
            return Step.Ends(new SpfResult.PermError(SpfFault.ExchangerLimit, $"{name} has {hosts.Count} mail exchangers"));
        foreach (var host in hosts)
        {
            var (addresses, failed) = await _lookups.AskAsync(LookupWeight.Free, AddressesOf(host, cancellationToken)).ConfigureAwait(false);
            if (failed is not null)
                return Step.Ends(failed);
            if (addresses.Any(address => prefix.Match(_identity.Client, address)))
                return Step.Match;
        }
        return Step.NoMatch;
    }

    // RFC 7208 §5.5
    private async ValueTask<Step> NamesAsync(MacroText? spec, DomainName domain, string term, CancellationToken cancellationToken)
    {
        var (target, end) = await TargetAsync(spec, domain, term, cancellationToken).ConfigureAwait(false);
        if (end is not null || !CanMatch(spec) || !TargetName.TryRead(target, out var ancestor))
            return Step.Ends(end);
        var (names, stop) = await _names.ValidatedAsync(cancellationToken).ConfigureAwait(false);
        return stop is not null ? Step.Ends(stop) : Step.Of(names.Any(name => name == ancestor || name.IsSubdomainOf(ancestor)));
    }

    // RFC 7208 §5.7: A records, whatever the family of the client.
    private async ValueTask<Step> ExistsAsync(MacroText spec, DomainName domain, string term, CancellationToken cancellationToken)
    {
        var (target, end) = await TargetAsync(spec, domain, term, cancellationToken).ConfigureAwait(false);
        if (end is not null || !CanMatch(spec) || !TargetName.TryRead(target, out var name))
            return Step.Ends(end);
        var (addresses, stop) = await _lookups.AskAsync(LookupWeight.Term, _resolver.GetAAsync(name, cancellationToken)).ConfigureAwait(false);
        return stop is not null ? Step.Ends(stop) : Step.Of(addresses.Count > 0);
    }

    // RFC 7208 §6.2: whatever goes wrong, there is no explanation, and the result stays as it is. That holds for the limit of time too.
    private async ValueTask<string> ExplainAsync(MacroText spec, DomainName domain, CancellationToken cancellationToken)
    {
        _lookups.Decide();
        try
        {
            var (target, end) = await _macros.ExpandNameAsync(spec, domain, cancellationToken).ConfigureAwait(false);
            if (end is not null || !CanMatch(spec) || !TargetName.TryRead(target, out var name))
                return "";
            if (await _resolver.GetTxtAsync(name, cancellationToken).ConfigureAwait(false) is not DnsAnswer<string>.Found { Records: [var text] } || MacroText.Parse(text, MacroPlace.Explanation) is not { } explanation)
                return "";
            var (words, stop) = await _macros.ExpandTextAsync(explanation, domain, SpfEvaluator.MaxExplanation, cancellationToken).ConfigureAwait(false);
            return stop is null && words.All(static c => c is >= ' ' and <= '~') ? words : "";
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return "";
        }
    }

    // Each term that asks is counted, whether its name can be asked for or not.
    private async ValueTask<(string Target, SpfResult? End)> TargetAsync(MacroText? spec, DomainName domain, string term, CancellationToken cancellationToken) =>
        _lookups.Begin(Shown(term)) is { } end ? ("", end)
        : spec is null ? (domain.Ascii, null)
        : await _macros.ExpandNameAsync(spec, domain, cancellationToken).ConfigureAwait(false);

    // RFC 8616 §4: with a local part beyond ASCII such terms match nothing.
    private bool CanMatch(MacroText? spec) => spec is null || _identity.HasAsciiLocalPart || !(spec.Uses('s') || spec.Uses('l'));

    private ValueTask<DnsAnswer<IPAddress>> AddressesOf(DomainName host, CancellationToken cancellationToken) =>
        _identity.Client.AddressFamily == AddressFamily.InterNetwork ? _resolver.GetAAsync(host, cancellationToken) : _resolver.GetAaaaAsync(host, cancellationToken);

    // What is a stranger's is cut, and shown as ASCII.
    private static string Shown(string text) => new([.. text.Take(80).Select(static c => c is > ' ' and <= '~' ? c : '?')]);

    private enum SpfLevel : byte
    {
        /// <summary>Inside an include: only whether it passes matters.</summary>
        Included = 0,
        Deciding,
    }

    /// <summary>What came of a directive: a match, none, or the end of the evaluation.</summary>
    private readonly record struct Step(bool IsMatch, SpfResult? End, SpfMatch? Inner)
    {
        public static Step Match { get; } = new(true, null, null);

        public static Step NoMatch { get; }

        public static Step Of(bool isMatch) => isMatch ? Match : NoMatch;

        public static Step Ends(SpfResult? end) => new(false, end, null);
    }
}
