using System.Globalization;

namespace Mail.Security.Dnssec;

/// <summary>
/// A name at and below which nothing is validated, although a trust anchor is above it: for zones that a server inside serves unsigned below a signed one, and, for a while, for a zone
/// whose signing is broken. What is found there is <see cref="DnsSecurity.Insecure"/>, so that DANE never applies to it; anybody on the path may forge it.
/// </summary>
/// <param name="Name">The name; never the root.</param>
/// <param name="Expires">When it ends by itself, so that it cannot be forgotten; null where it does not.</param>
public sealed record NegativeTrustAnchor(DomainName Name, DateTimeOffset? Expires = null)
{
    /// <summary>The name, and until when: <c>corp.example (until 2027-01-31 00:00:00Z)</c>.</summary>
    /// <returns>One line without its end.</returns>
    public override string ToString() => Expires is { } end ? string.Create(CultureInfo.InvariantCulture, $"{Name.Ascii} (until {end.UtcDateTime:u})") : Name.Ascii;
}
