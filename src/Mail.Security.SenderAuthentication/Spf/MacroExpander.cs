using System.Globalization;
using System.Net;
using System.Text;

namespace Mail.Security.SenderAuthentication;

/// <summary>Puts values in the place of macros (RFC 7208 §7.2, §7.3).</summary>
internal sealed class MacroExpander(SpfIdentity identity, ClientNames names, TimeProvider time)
{
    private const string Unknown = "unknown";

    /// <summary>The end of a text, as much of it as can be a name; or the result that ends the evaluation.</summary>
    public async ValueTask<(string Text, SpfResult? End)> ExpandNameAsync(MacroText text, DomainName domain, CancellationToken cancellationToken)
    {
        var (name, end) = await ClientNameAsync(text, domain, cancellationToken).ConfigureAwait(false);
        if (end is not null)
            return ("", end);
        var (pieces, length) = (new List<string>(), 0);
        for (var i = text.Parts.Count - 1; i >= 0 && length < TargetName.MostThatMatters; i--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var piece = Expand(text.Parts[i], domain, name);
            pieces.Add(piece);
            length += piece.Length;
        }
        pieces.Reverse();
        return (string.Concat(pieces), null);
    }

    /// <summary>The text, empty where it is longer than the limit; or the result that ends the evaluation.</summary>
    public async ValueTask<(string Text, SpfResult? End)> ExpandTextAsync(MacroText text, DomainName domain, int max, CancellationToken cancellationToken)
    {
        var (name, end) = await ClientNameAsync(text, domain, cancellationToken).ConfigureAwait(false);
        if (end is not null)
            return ("", end);
        var expanded = new StringBuilder();
        foreach (var part in text.Parts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (expanded.Append(Expand(part, domain, name)).Length > max)
                return ("", null);
        }
        return (expanded.ToString(), null);
    }

    private string Expand(MacroPart part, DomainName domain, string clientName) => part.Letter == '\0' ? part.Text : part.Transform(Value(part.Letter, domain, clientName));

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

    // The domain itself, a name below it, or any other; nothing is asked where nothing uses it.
    private async ValueTask<(string Name, SpfResult? End)> ClientNameAsync(MacroText text, DomainName domain, CancellationToken cancellationToken)
    {
        if (!text.Uses('p'))
            return ("", null);
        var (known, end) = await names.ForMacroAsync(cancellationToken).ConfigureAwait(false);
        if (end is not null)
            return ("", end);
        return (known.Count == 0 ? Unknown : known.OrderByDescending(name => name == domain ? 2 : name.IsSubdomainOf(domain) ? 1 : 0).First().Ascii, null);
    }

    private static string Dotted(IPAddress address) => address.GetAddressBytes() is { Length: 16 } octets
        ? string.Join('.', Convert.ToHexStringLower(octets).AsEnumerable())
        : address.ToString();
}
