namespace Mail.Security.Sasl;

/// <summary>Where a server's SCRAM credentials are.</summary>
/// <remarks>
/// One credential serves SCRAM of its hash, and PLAIN and LOGIN as well. A store answers within its own time limit, and reports what it cannot answer as
/// <see cref="SaslLookup{T}.Unavailable"/>. An answer should take as long for an unknown user as for a known one.
/// </remarks>
public interface ISaslCredentialStore
{
    /// <summary>Finds the credential of a user for one hash.</summary>
    /// <param name="userName">The name the client gave, prepared (<see cref="SaslServerOptions.Preparation"/>); whatever the client chose to send. Case is the store's affair; see <see cref="SaslLookup{T}.NotFound"/>.</param>
    /// <param name="hash">The hash.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The credential, which must be of that hash.</returns>
    ValueTask<SaslLookup<ScramCredential>> FindAsync(string userName, ScramHash hash, CancellationToken cancellationToken = default);
}
