using System.Diagnostics.CodeAnalysis;

namespace Mail.Security.Delivery;

/// <summary>Which domains a rule is about: "example.com" is that domain alone, ".example.com" that domain and all below it.</summary>
/// <remarks>The default value matches nothing; no parse returns it. A rule that shall match every domain has no pattern at all.</remarks>
public readonly record struct DomainPattern
{
    private readonly DomainName _domain;
    private readonly bool _below;

    private DomainPattern(DomainName domain, bool below) => (_domain, _below) = (domain, below);

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">A domain name, with a dot before it or without.</param>
    /// <param name="pattern">The pattern, or the default value.</param>
    /// <returns>True when <paramref name="text"/> is a pattern. "." and the empty text are none.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out DomainPattern pattern)
    {
        var below = text is ['.', ..];
        var isPattern = DomainName.TryParse(below ? text![1..] : text, out var domain);
        pattern = isPattern ? new DomainPattern(domain, below) : default;
        return isPattern;
    }

    /// <summary>Reads a pattern that is known to be valid.</summary>
    /// <param name="text">The pattern.</param>
    /// <returns>The pattern.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is no pattern.</exception>
    public static DomainPattern Parse(string text) =>
        TryParse(text, out var pattern) ? pattern : throw new FormatException("Not a pattern such as example.com or .example.com.");

    /// <summary>Whether a domain is meant.</summary>
    /// <param name="domain">The domain; the empty one is never meant.</param>
    /// <returns>True when it is.</returns>
    public bool Matches(DomainName domain) => !domain.IsEmpty && (domain == _domain || (_below && domain.IsSubdomainOf(_domain)));

    /// <summary>The pattern as it is read.</summary>
    /// <returns>The name, with the dot where there was one.</returns>
    public override string ToString() => _below ? $".{_domain}" : _domain.ToString();
}
