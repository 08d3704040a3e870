using System.Net;
using System.Net.Sockets;
using Mail.Security.Dnssec;
using Mail.Security.SenderAuthentication;

namespace Mail.Security.Hosting;

/// <summary>Looks at what receivers of mail look at: SPF of the sender domains for each address mail leaves from, its reverse name, the name in EHLO, and the mail exchangers of the sender domains.</summary>
/// <param name="resolver">Where everything is looked up; its time limits are those of each lookup.</param>
/// <param name="spf">Evaluates SPF; null for one with the usual limits.</param>
public sealed class DnsCheck(IDnssecResolver resolver, SpfEvaluator? spf = null)
{
    private const string Sender = "postmaster";

    private readonly IDnssecResolver _resolver = resolver ?? throw new ArgumentNullException(nameof(resolver));
    private readonly SpfEvaluator _spf = spf ?? new SpfEvaluator(resolver);
    private readonly ReverseNameCheck _reverse = new(resolver);

    /// <summary>Looks at all of it, one after the other.</summary>
    /// <param name="request">What to look at.</param>
    /// <param name="cancellationToken">Gives up early.</param>
    /// <returns>A finding for each check: by address, then by domain.</returns>
    public async ValueTask<IReadOnlyList<DnsCheckFinding>> CheckAsync(DnsCheckRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (addresses, unknown) = request.Senders();
        var findings = new List<DnsCheckFinding>();
        foreach (var from in addresses)
        {
            findings.Add(new DnsCheckFinding.Reverse(from, await _reverse.CheckAsync(from.Address, cancellationToken).ConfigureAwait(false)));
            findings.Add(await HelloAsync(from, cancellationToken).ConfigureAwait(false));
            foreach (var domain in request.SenderDomains)
            {
                var query = new SpfQuery { Client = from.Address, Sender = MailPath.Parse($"{Sender}@{domain.Ascii}"), Hello = from.HelloName.Ascii, Receiver = request.HostName };
                findings.Add(new DnsCheckFinding.Spf(from, domain, await _spf.CheckMailFromAsync(query, cancellationToken).ConfigureAwait(false)));
            }
        }
        foreach (var domain in request.SenderDomains)
            findings.Add(await ExchangersAsync(domain, cancellationToken).ConfigureAwait(false));
        findings.AddRange(unknown.Select(static transport => new DnsCheckFinding.NoAddress(transport)));
        return findings;
    }

    // RFC 5321 §4.1.4: the name should lead to the address of the client.
    private async ValueTask<DnsCheckFinding> HelloAsync(SendingAddress from, CancellationToken cancellationToken) => await AddressesAsync(from.HelloName, from.Address.AddressFamily, cancellationToken).ConfigureAwait(false) switch
    {
        DnsAnswer<IPAddress>.Found found when found.Records.Contains(from.Address) => new DnsCheckFinding.Hello(from, DnsCheckVerdict.Ok, "the name in EHLO leads to the address"),
        DnsAnswer<IPAddress>.Found found => new DnsCheckFinding.Hello(from, DnsCheckVerdict.Failed, $"the name in EHLO leads to {string.Join(", ", found.Records.Take(3))}"),
        DnsAnswer<IPAddress>.Absent => new DnsCheckFinding.Hello(from, DnsCheckVerdict.Failed, "the name in EHLO has no address of this family"),
        DnsAnswer<IPAddress>.Failed failed => new DnsCheckFinding.Hello(from, DnsCheckVerdict.Unknown, $"no answer: {failed.Detail}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private async ValueTask<DnsCheckFinding> ExchangersAsync(DomainName domain, CancellationToken cancellationToken)
    {
        switch (await _resolver.GetMxAsync(domain, cancellationToken).ConfigureAwait(false))
        {
            case DnsAnswer<MxRecord>.Found { Records: [{ IsNullMx: true }, ..] }:
                return new DnsCheckFinding.Exchangers(domain, DnsCheckVerdict.Failed, "the domain says that it takes no mail, and so no answer to what it sends");
            case DnsAnswer<MxRecord>.Found found:
                return new DnsCheckFinding.Exchangers(domain, DnsCheckVerdict.Ok, $"mail goes to {string.Join(", ", found.Records.Take(3).Select(static record => record.Exchange))}");
            case DnsAnswer<MxRecord>.Failed failed:
                return new DnsCheckFinding.Exchangers(domain, DnsCheckVerdict.Unknown, $"no answer: {failed.Detail}");
            default:
                return await WithoutExchangersAsync(domain, cancellationToken).ConfigureAwait(false);
        }
    }

    // RFC 5321 §5.1: without MX records the domain's own addresses stand for them.
    private async ValueTask<DnsCheckFinding> WithoutExchangersAsync(DomainName domain, CancellationToken cancellationToken)
    {
        var (four, six) = (await AddressesAsync(domain, AddressFamily.InterNetwork, cancellationToken).ConfigureAwait(false), await AddressesAsync(domain, AddressFamily.InterNetworkV6, cancellationToken).ConfigureAwait(false));
        return (four, six) switch
        {
            (DnsAnswer<IPAddress>.Found, _) or (_, DnsAnswer<IPAddress>.Found) => new DnsCheckFinding.Exchangers(domain, DnsCheckVerdict.Warning, "the domain has no MX record; its own addresses stand for it"),
            (DnsAnswer<IPAddress>.Failed failed, _) => new DnsCheckFinding.Exchangers(domain, DnsCheckVerdict.Unknown, $"no answer: {failed.Detail}"),
            (_, DnsAnswer<IPAddress>.Failed failed) => new DnsCheckFinding.Exchangers(domain, DnsCheckVerdict.Unknown, $"no answer: {failed.Detail}"),
            _ => new DnsCheckFinding.Exchangers(domain, DnsCheckVerdict.Failed, "the domain has neither MX records nor addresses"),
        };
    }

    private ValueTask<DnsAnswer<IPAddress>> AddressesAsync(DomainName name, AddressFamily family, CancellationToken cancellationToken) =>
        family == AddressFamily.InterNetwork ? _resolver.GetAAsync(name, cancellationToken) : _resolver.GetAaaaAsync(name, cancellationToken);
}
