using System.Collections.Frozen;

namespace Mail.Security.SmtpServer;

/// <summary>The certificates of a listener, chosen by the name a client asks for. It never changes: a renewed one comes in another set.</summary>
/// <remarks>
/// Of two certificates for one name the one listed first is used. A second one with another kind of key cannot be offered beside it:
/// the platform's TLS tells a server the name that a client asks for and not the signatures that it understands.
/// </remarks>
public sealed class SmtpServerCertificates
{
    private readonly FrozenDictionary<string, SmtpServerCertificate> _exact;
    private readonly FrozenDictionary<string, SmtpServerCertificate> _wildcards;

    /// <summary>Makes a set.</summary>
    /// <param name="standard">For clients that ask for no name, or for one that no certificate has; also for its own names.</param>
    /// <param name="others">Further certificates, for their names.</param>
    public SmtpServerCertificates(SmtpServerCertificate standard, params IEnumerable<SmtpServerCertificate> others)
    {
        ArgumentNullException.ThrowIfNull(standard);
        ArgumentNullException.ThrowIfNull(others);
        All = [standard, .. others];
        _exact = Index(All, static certificate => certificate.Names);
        _wildcards = Index(All, static certificate => certificate.WildcardParents);
    }

    /// <summary>The certificate of clients whose name for this server is not known.</summary>
    public SmtpServerCertificate Default => All[0];

    /// <summary>Every certificate, the default first.</summary>
    public IReadOnlyList<SmtpServerCertificate> All { get; }

    /// <summary>
    /// Chooses for a name: a certificate that has it, else one whose wildcard covers it (RFC 6125 §6.4.3), else the default. Never null:
    /// sending systems often ask for none of the names a server has, and an alert would turn opportunistic TLS into no TLS (RFC 6066 §3 allows both).
    /// </summary>
    /// <param name="serverName">The name, as Unicode or with A-labels; null or empty when the client asked for none.</param>
    public SmtpServerCertificate Choose(string? serverName)
    {
        if (string.IsNullOrEmpty(serverName) || All.Count == 1 || !DomainName.TryParse(serverName.EndsWith('.') ? serverName[..^1] : serverName, out var name))
            return Default;
        if (_exact.TryGetValue(name.Ascii, out var exact))
            return exact;
        var dot = name.Ascii.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _wildcards.TryGetValue(name.Ascii[(dot + 1)..], out var wildcard) ? wildcard : Default;
    }

    private static FrozenDictionary<string, SmtpServerCertificate> Index(
        IReadOnlyList<SmtpServerCertificate> all, Func<SmtpServerCertificate, IReadOnlyList<DomainName>> names)
    {
        var index = new Dictionary<string, SmtpServerCertificate>(StringComparer.Ordinal);
        foreach (var certificate in all)
        {
            foreach (var name in names(certificate))
                index.TryAdd(name.Ascii, certificate);
        }
        return index.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
