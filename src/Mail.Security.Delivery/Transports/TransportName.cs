using System.Diagnostics.CodeAnalysis;

namespace Mail.Security.Delivery;

/// <summary>The name of a transport: 1 to 64 ASCII letters, digits, hyphens, underscores and dots, the first a letter or digit. Case does not count.</summary>
/// <remarks>The default value names nothing: <see cref="IsEmpty"/> is true. No parse returns it.</remarks>
public readonly record struct TransportName : IComparable<TransportName>
{
    private const int MaxLength = 64;

    private readonly string? _value;

    private TransportName(string value) => _value = value;

    /// <summary>"direct": the transport of mail for which no route says otherwise. It is in every catalog.</summary>
    public static TransportName Direct { get; } = new("direct");

    /// <summary>The name in lower case; empty for the default value.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>True for the default value, which names nothing.</summary>
    public bool IsEmpty => _value is null;

    /// <summary>Reads a name.</summary>
    /// <param name="text">The name.</param>
    /// <param name="name">The name, or the default value.</param>
    /// <returns>True when <paramref name="text"/> is a name.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out TransportName name)
    {
        var isName = text is { Length: >= 1 and <= MaxLength } && char.IsAsciiLetterOrDigit(text[0]) && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        name = isName ? new TransportName(text!.ToLowerInvariant()) : default;
        return isName;
    }

    /// <summary>Reads a name that is known to be valid.</summary>
    /// <param name="text">The name.</param>
    /// <returns>The name.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is no name.</exception>
    public static TransportName Parse(string text) => TryParse(text, out var name) ? name : throw new FormatException("Not the name of a transport.");

    /// <summary>Orders names by their octets, the empty one first.</summary>
    /// <param name="other">The other name.</param>
    /// <returns>Negative, zero or positive, as for every comparison.</returns>
    public int CompareTo(TransportName other) => string.CompareOrdinal(Value, other.Value);

    /// <summary>True when both are the same name.</summary>
    /// <param name="other">The other name.</param>
    /// <returns>True when equal.</returns>
    public bool Equals(TransportName other) => string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <summary>The hash of the name.</summary>
    /// <returns>The hash code.</returns>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name.</summary>
    /// <returns><see cref="Value"/>.</returns>
    public override string ToString() => Value;

    /// <summary>True when <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(TransportName left, TransportName right) => left.CompareTo(right) < 0;

    /// <summary>True when <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(TransportName left, TransportName right) => left.CompareTo(right) > 0;

    /// <summary>True when <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    public static bool operator <=(TransportName left, TransportName right) => left.CompareTo(right) <= 0;

    /// <summary>True when <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    public static bool operator >=(TransportName left, TransportName right) => left.CompareTo(right) >= 0;
}
