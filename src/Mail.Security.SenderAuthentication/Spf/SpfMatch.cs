namespace Mail.Security.SenderAuthentication;

/// <summary>The directive that decided.</summary>
/// <param name="Domain">Whose record it is in: the domain asked about, or the one that its record redirects to.</param>
/// <param name="Directive">The directive as it is written there.</param>
/// <param name="Inner">For an include, the directive that matched in the record it names; null for any other.</param>
public sealed record SpfMatch(DomainName Domain, string Directive, SpfMatch? Inner)
{
    /// <summary>The directives in words.</summary>
    /// <returns>"include:_spf.example.net of example.com, by ip4:192.0.2.0/24 of _spf.example.net".</returns>
    public override string ToString() => $"{Directive} of {Domain}{(Inner is null ? "" : $", by {Inner}")}";
}
