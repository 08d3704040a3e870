using System.Diagnostics.CodeAnalysis;

namespace Mail.Security;

/// <summary>A validated, absolute domain name: lower case, in A-labels, without a trailing dot.</summary>
/// <remarks>
/// Two names are equal when their A-labels are. The default value is "no name": <see cref="IsEmpty"/> is true and
/// <see cref="Ascii"/> is the empty string; no parse returns it.
/// </remarks>
public readonly record struct DomainName : IComparable<DomainName>
{
    private readonly string? _ascii;
    private readonly string? _unicode;

    internal DomainName(string ascii, string unicode) => (_ascii, _unicode) = (ascii, unicode);

    /// <summary>The name as A-labels: lower-case ASCII, at most 253 octets, no trailing dot. This is what goes on every wire.</summary>
    public string Ascii => _ascii ?? string.Empty;

    /// <summary>The name as U-labels, for people; equal to <see cref="Ascii"/> for a plain ASCII name (RFC 5890 §2.3.2.1).</summary>
    public string Unicode => _unicode ?? string.Empty;

    /// <summary>True for the default value, which names nothing.</summary>
    public bool IsEmpty => _ascii is null;

    /// <summary>Reads a host or mail domain name: letters, digits, hyphens and internationalized labels.</summary>
    /// <param name="text">The name, as A-labels, U-labels or any text the IDNA lookup mapping folds into them; no trailing dot.</param>
    /// <param name="name">The name, or the default value.</param>
    /// <returns>True when <paramref name="text"/> is a name.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out DomainName name) => TryParse(text, out name, out _);

    /// <summary>Reads a host or mail domain name and says what is wrong with a text that is none.</summary>
    /// <param name="text">The name, as A-labels, U-labels or any text the IDNA lookup mapping folds into them; no trailing dot.</param>
    /// <param name="name">The name, or the default value.</param>
    /// <param name="fault">What is wrong; <see cref="DomainNameFault.None"/> when the parse succeeds.</param>
    /// <returns>True when <paramref name="text"/> is a name.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out DomainName name, out DomainNameFault fault) =>
        DomainNameParser.TryParse(text, DomainNameRules.Strict, out name, out fault);

    /// <summary>Reads a name as it occurs in the DNS: in an all-ASCII text, underscores are letters too.</summary>
    /// <remarks>Mail exchangers with an underscore exist, and service names such as "_25._tcp.mx.example.com" need it.</remarks>
    /// <param name="text">The name; no trailing dot.</param>
    /// <param name="name">The name, or the default value.</param>
    /// <returns>True when <paramref name="text"/> is a name.</returns>
    public static bool TryParseLax([NotNullWhen(true)] string? text, out DomainName name) =>
        DomainNameParser.TryParse(text, DomainNameRules.Lax, out name, out _);

    /// <summary>Reads a name that is known to be valid, by the rules of <see cref="TryParse(string?, out DomainName)"/>.</summary>
    /// <param name="text">The name.</param>
    /// <returns>The name.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is no domain name.</exception>
    public static DomainName Parse(string text) =>
        TryParse(text, out var name, out var fault) ? name : throw new FormatException($"Not a domain name ({fault}).");

    /// <summary>Reads a name that is known to be valid, by the rules of <see cref="TryParseLax"/>.</summary>
    /// <param name="text">The name.</param>
    /// <returns>The name.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is no domain name.</exception>
    public static DomainName ParseLax(string text) =>
        DomainNameParser.TryParse(text, DomainNameRules.Lax, out var name, out var fault) ? name : throw new FormatException($"Not a domain name ({fault}).");

    /// <summary>True when this name is strictly below <paramref name="ancestor"/>; false for the name itself and when either is empty.</summary>
    /// <param name="ancestor">The name above.</param>
    /// <returns>True when this name has more labels and ends with those of <paramref name="ancestor"/>.</returns>
    public bool IsSubdomainOf(DomainName ancestor) =>
        !ancestor.IsEmpty && Ascii.Length > ancestor.Ascii.Length
        && Ascii[^(ancestor.Ascii.Length + 1)] == '.' && Ascii.EndsWith(ancestor.Ascii, StringComparison.Ordinal);

    /// <summary>Gives the name without its first label.</summary>
    /// <param name="parent">The name above, or the default value.</param>
    /// <returns>False for a name of one label and for the empty name.</returns>
    public bool TryGetParent(out DomainName parent)
    {
        var (ascii, unicode) = (Ascii, Unicode);    // read first: "name.TryGetParent(out name)" writes over this value
        var dot = ascii.IndexOf('.', StringComparison.Ordinal);
        parent = dot < 0 ? default : new DomainName(ascii[(dot + 1)..], unicode[(unicode.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        return dot >= 0;
    }

    /// <summary>
    /// Puts one or more labels before this name; an underscore is admitted, as in "_25" or "_25._tcp", and the asterisk alone, for the owner name of a wildcard (RFC 4592 §2.1.1),
    /// which no parse returns: records of that owner can be looked up, and no name that others wrote becomes one.
    /// </summary>
    /// <param name="label">The ASCII label or labels, without a dot at either end.</param>
    /// <returns>The longer name.</returns>
    /// <exception cref="ArgumentException">The label is invalid or the name grows beyond 253 octets.</exception>
    /// <exception cref="InvalidOperationException">This is the empty name.</exception>
    public DomainName Prepend(string label)
    {
        ArgumentException.ThrowIfNullOrEmpty(label);
        if (IsEmpty)
            throw new InvalidOperationException("There is no name to put a label before.");
        return DomainNameParser.TryPrepend(label, this, out var name, out var fault) ? name
            : throw new ArgumentException($"The label does not fit ({fault}).", nameof(label));
    }

    /// <summary>Orders names by the octets of their A-labels, the empty name first.</summary>
    /// <param name="other">The other name.</param>
    /// <returns>Negative, zero or positive, as for every comparison.</returns>
    public int CompareTo(DomainName other) => string.CompareOrdinal(Ascii, other.Ascii);

    /// <summary>True when both names have the same A-labels.</summary>
    /// <param name="other">The other name.</param>
    /// <returns>True when equal.</returns>
    public bool Equals(DomainName other) => string.Equals(Ascii, other.Ascii, StringComparison.Ordinal);

    /// <summary>The hash of the A-labels.</summary>
    /// <returns>The hash code.</returns>
    public override int GetHashCode() => Ascii.GetHashCode(StringComparison.Ordinal);

    /// <summary>The A-labels; the empty string for the empty name.</summary>
    /// <returns><see cref="Ascii"/>.</returns>
    public override string ToString() => Ascii;

    /// <summary>True when <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(DomainName left, DomainName right) => left.CompareTo(right) < 0;

    /// <summary>True when <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(DomainName left, DomainName right) => left.CompareTo(right) > 0;

    /// <summary>True when <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    public static bool operator <=(DomainName left, DomainName right) => left.CompareTo(right) <= 0;

    /// <summary>True when <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    public static bool operator >=(DomainName left, DomainName right) => left.CompareTo(right) >= 0;
}
