using System.Text;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using BouncyCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace Mail.Security.Dane;

/// <summary>The names a certificate gives a server, and how they match (RFC 7672 §3.2.3).</summary>
internal sealed class ServerNames
{
    private readonly List<string> _names;

    private ServerNames(List<string> names) => _names = names;

    /// <summary>The DNS names of the certificate; the common name only when there is not one of them.</summary>
    public static ServerNames Of(BouncyCertificate certificate)
    {
        var alternatives = certificate.GetSubjectAlternativeNameExtension()?.GetNames() ?? [];
        var names = alternatives.Where(static name => name.TagNo == GeneralName.DnsName)
            .Select(static name => DerIA5String.GetInstance(name.Name).GetString()).ToList();
        if (names.Count == 0)
        {
            // RFC 6125 §6.4.4: of several common names the most specific one, which stands last.
            var common = certificate.SubjectDN.GetValueList(X509Name.CN);
            if (common.Count > 0)
                names.Add(common[^1]);
        }
        return new(names);
    }

    /// <summary>The first reference name that a name of the certificate stands for; empty when there is none.</summary>
    public DomainName FirstMatch(IReadOnlyList<DomainName> references) => references.FirstOrDefault(reference => _names.Exists(name => Matches(name, reference)));

    /// <summary>True when a name of a certificate, perhaps with a wildcard as its whole first label, stands for a reference name.</summary>
    internal static bool Matches(string presented, DomainName reference)
    {
        // RFC 6125 §6.4.2: certificates hold A-labels. Mapping a presented name would let letters that only look alike match.
        if (!Ascii.IsValid(presented))
            return false;
        if (!presented.StartsWith("*.", StringComparison.Ordinal))
            return DomainName.TryParseLax(presented, out var name) && name == reference;
        // One label for the star, the others verbatim. "*.com" would be a claim to a whole registry.
        return DomainName.TryParseLax(presented[2..], out var parent) && parent.TryGetParent(out _)
            && reference.TryGetParent(out var above) && above == parent;
    }
}
