namespace Mail.Security;

/// <summary>The domain a message is for: what follows '@' in the recipient, or what a route names instead.</summary>
/// <remarks>
/// Policies such as MTA-STS are looked up at this name and at no other (RFC 8461 §3.1). Nothing in these packages turns
/// the target of a CNAME into one; that is why it is a type of its own.
/// </remarks>
/// <param name="Name">The name.</param>
public readonly record struct RecipientDomain(DomainName Name)
{
    /// <summary>The A-labels of the name.</summary>
    /// <returns><see cref="DomainName.Ascii"/>.</returns>
    public override string ToString() => Name.Ascii;
}
