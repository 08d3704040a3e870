using System.Globalization;
using System.Net;
using System.Text;

namespace Mail.Security.SenderAuthentication;

/// <summary>Puts values in the place of macros (RFC 7208 §7.2, §7.3).</summary>
internal sealed class MacroExpander(SpfIdentity identity, ClientNames names, TimeProvider time)
{
    private const string Unknown = "unknown";

    /// <summary>The text; or the result that ends the evaluation.</summary>
    public async ValueTask<(string Text, SpfResult? End)> ExpandAsync(MacroText text, DomainName domain, CancellationToken cancellationToken)
    {
        var name = "";
        if (text.Uses('p'))
        {
            (name, var end) = await ClientNameAsync(domain, cancellationToken).ConfigureAwait(false);
            if (end is not null)
                return ("", end);
        }
        var expanded = new StringBuilder();
        foreach (var part in text.Parts)
            expanded.Append(part.Letter == '\0' ? part.Text : part.Transform(Value(part.Letter, domain, name)));
        return (expanded.ToString(), null);
    }

    private string Value(char letter, DomainName domain, string clientName) => letter switch
    {
        's' => identity.Sender,
        'l' => identity.LocalPart,
        'o' => identity.Domain,
        'd' => domain.Ascii,
        'i' => Dotted(identity.Client),
        'p' => clientName,
        'v' => identity.Client.GetAddressBytes().Length == 4 ? "in-addr" : "ip6",
        'h' => identity.Hello,
        'c' => identity.Client.ToString(),
        'r' => identity.Receiver.IsEmpty ? Unknown : identity.Receiver.Ascii,
        't' => time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // The domain itself, a name below it, or any other.
    private async ValueTask<(string Name, SpfResult? End)> ClientNameAsync(DomainName domain, CancellationToken cancellationToken)
    {
        var (known, end) = await names.ForMacroAsync(cancellationToken).ConfigureAwait(false);
        if (end is not null)
            return ("", end);
        return (known.Count == 0 ? Unknown : known.OrderByDescending(name => name == domain ? 2 : name.IsSubdomainOf(domain) ? 1 : 0).First().Ascii, null);
    }

    private static string Dotted(IPAddress address) => address.GetAddressBytes() is { Length: 16 } octets
        ? string.Join('.', Convert.ToHexStringLower(octets).AsEnumerable())
        : address.ToString();
}
