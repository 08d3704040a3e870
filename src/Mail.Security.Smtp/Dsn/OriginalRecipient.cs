namespace Mail.Security.Smtp;

/// <summary>The recipient as the sender named it, whatever the address has become since: the ORCPT parameter (RFC 3461 §4.2), decoded.</summary>
/// <param name="AddressType">The kind of address, an atom such as "rfc822" or "utf-8", as it was sent; "utf-8" for an address sent as "rfc822" that is not ASCII.</param>
/// <param name="Address">
/// The address, which need not follow the syntax of its kind. Printable ASCII, space and tab; for "utf-8" any characters but controls
/// (RFC 6533 §3). Never empty.
/// </param>
public sealed record OriginalRecipient(string AddressType, string Address)
{
    /// <summary>The type and the address as a notification names them: "rfc822;bob@example.com" (RFC 3464 §2.3.1).</summary>
    public override string ToString() => $"{AddressType};{Address}";
}
