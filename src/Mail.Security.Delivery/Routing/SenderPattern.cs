using System.Diagnostics.CodeAnalysis;

namespace Mail.Security.Delivery;

/// <summary>Which senders a rule is about: a <see cref="DomainPattern"/> for the domain of the reverse-path, or "&lt;&gt;" for the null reverse-path.</summary>
/// <remarks>
/// A null reverse-path is matched by "&lt;&gt;" only, and a sender without a domain (an address literal) by nothing. The default value matches
/// nothing; no parse returns it.
/// </remarks>
public readonly record struct SenderPattern
{
    private const string NullText = "<>";

    private readonly DomainPattern _domain;
    private readonly bool _isNull;

    private SenderPattern(DomainPattern domain, bool isNull) => (_domain, _isNull) = (domain, isNull);

    /// <summary>The null reverse-path, "&lt;&gt;".</summary>
    public static SenderPattern Null { get; } = new(default, true);

    /// <summary>Makes a pattern of one for domains.</summary>
    /// <param name="domain">The domains.</param>
    /// <returns>The pattern.</returns>
    public static SenderPattern Of(DomainPattern domain) => new(domain, false);

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">"&lt;&gt;", or a domain name with a dot before it or without.</param>
    /// <param name="pattern">The pattern, or the default value.</param>
    /// <returns>True when <paramref name="text"/> is a pattern.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out SenderPattern pattern)
    {
        pattern = text == NullText ? Null : DomainPattern.TryParse(text, out var domain) ? Of(domain) : default;
        return pattern != default;
    }

    /// <summary>Reads a pattern that is known to be valid.</summary>
    /// <param name="text">The pattern.</param>
    /// <returns>The pattern.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is no pattern.</exception>
    public static SenderPattern Parse(string text) =>
        TryParse(text, out var pattern) ? pattern : throw new FormatException("Not a pattern such as example.com, .example.com or <>.");

    /// <summary>Whether a sender is meant.</summary>
    /// <param name="sender">The reverse-path.</param>
    /// <returns>True when it is.</returns>
    public bool Matches(MailPath sender) => sender.IsNull ? _isNull : _domain.Matches(sender.Domain);

    /// <summary>The pattern as it is read.</summary>
    /// <returns>"&lt;&gt;", or the pattern for domains.</returns>
    public override string ToString() => _isNull ? NullText : _domain.ToString();
}
