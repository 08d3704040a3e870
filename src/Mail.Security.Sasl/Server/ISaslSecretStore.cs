namespace Mail.Security.Sasl;

/// <summary>Where the passwords are that CRAM-MD5 needs in clear (RFC 2195 §2, §4). A server without such a store does not offer the mechanism.</summary>
public interface ISaslSecretStore
{
    /// <summary>Finds the password of a user.</summary>
    /// <param name="userName">The name the client gave, prepared.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The password in UTF-8. The array stays the store's: it is read during the step only.</returns>
    ValueTask<SaslLookup<ReadOnlyMemory<byte>>> FindSecretAsync(string userName, CancellationToken cancellationToken = default);
}
