using System.Net;
using System.Net.Sockets;
using Mail.Security.Dnssec;

namespace Mail.Security.SenderAuthentication;

/// <summary>The names of a client that lead back to it (RFC 7208 §5.5). Looked up once at most.</summary>
internal sealed class ClientNames(IDnssecResolver resolver, IPAddress client, SpfLookups lookups)
{
    private const int MaxNames = 10;        // RFC 7208 §4.6.4: all others are ignored

    private IReadOnlyList<DomainName>? _names;

    /// <summary>The same for the macro, which is counted as a term where it asks (RFC 7208 §4.6.4).</summary>
    public ValueTask<(IReadOnlyList<DomainName> Names, SpfResult? End)> ForMacroAsync(CancellationToken cancellationToken) =>
        _names is null && lookups.Begin("%{p}") is { } end ? new(((IReadOnlyList<DomainName>)[], (SpfResult?)end)) : ValidatedAsync(cancellationToken);

    /// <summary>The names; none when they cannot be looked up. A result ends the evaluation.</summary>
    public async ValueTask<(IReadOnlyList<DomainName> Names, SpfResult? End)> ValidatedAsync(CancellationToken cancellationToken)
    {
        if (_names is not null)
            return (_names, null);
        var (given, end) = await lookups.AskAsync(LookupWeight.Term, resolver.GetPtrAsync(ReverseName.Of(client), cancellationToken)).ConfigureAwait(false);
        if (end is SpfResult.PermError)
            return ([], end);
        var names = new List<DomainName>();
        foreach (var name in given.Take(MaxNames))
        {
            var asked = client.AddressFamily == AddressFamily.InterNetwork ? resolver.GetAAsync(name, cancellationToken) : resolver.GetAaaaAsync(name, cancellationToken);
            var (addresses, _) = await lookups.AskAsync(LookupWeight.Free, asked).ConfigureAwait(false);
            if (addresses.Contains(client))
                names.Add(name);
        }
        return (_names = names, null);
    }
}
