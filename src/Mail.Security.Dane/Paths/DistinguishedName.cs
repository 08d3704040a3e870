using System.Globalization;
using System.Text;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Mail.Security.Dane;

/// <summary>A distinguished name in a form that is compared letter by letter (RFC 5280 §7.1), so that a comparison costs the same whatever a stranger wrote.</summary>
internal sealed class DistinguishedName
{
    private static readonly UTF32Encoding Wide = new(bigEndian: true, byteOrderMark: false, throwOnInvalidCharacters: true);

    private readonly string _whole;

    private DistinguishedName(X509Name shown, string[] parts, string[] mailboxes)
    {
        (Shown, Parts, Mailboxes) = (shown, parts, mailboxes);
        _whole = string.Concat(parts);
    }

    /// <summary>The name for people.</summary>
    public X509Name Shown { get; }

    /// <summary>The relative names from the top down, each with its length in front so that no two run together.</summary>
    public IReadOnlyList<string> Parts { get; }

    /// <summary>The mailboxes in it, which name constraints hold for (RFC 5280 §4.2.1.10).</summary>
    public IReadOnlyList<string> Mailboxes { get; }

    /// <summary>Reads a name; null when it is over <see cref="DaneLimits"/>. Throws what the library throws for a name that is none.</summary>
    public static DistinguishedName? TryRead(X509Name name)
    {
        var sequence = Asn1Sequence.GetInstance(name.ToAsn1Object());
        if (sequence.Count > DaneLimits.NameParts || sequence.GetEncoded().Length > DaneLimits.NameOctets)
            return null;
        var relative = sequence.Select(Asn1Set.GetInstance).ToArray();
        if (relative.Sum(static set => set.Count) > DaneLimits.NameParts)
            return null;
        var attributes = Array.ConvertAll(relative, static set => set.Select(Attribute.Of).ToArray());
        var mailboxes = attributes.SelectMany(static one => one).Where(static one => one.Type.Equals(X509Name.EmailAddress) && one.Value is IAsn1String).Select(static one => ((IAsn1String)one.Value).GetString());
        return new(name, Array.ConvertAll(attributes, Part), [.. mailboxes]);
    }

    public bool IsSameAs(DistinguishedName other) => string.Equals(_whole, other._whole, StringComparison.Ordinal);

    /// <summary>True when the name is the other or lies below it.</summary>
    public bool IsWithin(DistinguishedName above)
    {
        if (above.Parts.Count > Parts.Count)
            return false;
        for (var at = 0; at < above.Parts.Count; at++)
        {
            if (!string.Equals(Parts[at], above.Parts[at], StringComparison.Ordinal))
                return false;
        }
        return true;
    }

    private static string Part(Attribute[] attributes)
    {
        // What stands in one set has no order.
        var texts = Array.ConvertAll(attributes, static one => $"{one.Type.Id}{Text(one.Value)}");
        Array.Sort(texts, StringComparer.Ordinal);
        var joined = string.Concat(texts.Select(static text => string.Create(CultureInfo.InvariantCulture, $"{text.Length}:{text}")));
        return string.Create(CultureInfo.InvariantCulture, $"{joined.Length}:{joined}");
    }

    private static string Text(Asn1Encodable value) => value switch
    {
        // The library shows the octets of it.
        DerUniversalString wide => $"={Fold(Wide.GetString(wide.GetOctets()))}",
        DerUtf8String or DerPrintableString or DerIA5String or DerBmpString or DerT61String or DerVisibleString or DerNumericString => $"={Fold(((IAsn1String)value).GetString())}",
        _ => $"#{Convert.ToHexStringLower(value.GetEncoded(Asn1Encodable.Der))}",
    };

    // RFC 5280 §7.1: neither case nor the amount of white space counts.
    private static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (!char.IsWhiteSpace(letter))
                folded.Append(char.ToLowerInvariant(letter));
            else if (folded.Length > 0 && folded[^1] != ' ')
                folded.Append(' ');
        }
        return folded.ToString().TrimEnd();
    }

    private sealed record Attribute(DerObjectIdentifier Type, Asn1Encodable Value)
    {
        public static Attribute Of(Asn1Encodable pair) => Of(Asn1Sequence.GetInstance(pair));

        private static Attribute Of(Asn1Sequence pair) => new(DerObjectIdentifier.GetInstance(pair[0]), pair[1]);
    }
}
