namespace Mail.Security.Sasl;

/// <summary>Says whether a password is that of a user: what PLAIN and LOGIN need. <see cref="ScramPasswordVerifier"/> answers from SCRAM credentials.</summary>
public interface ISaslPasswordVerifier
{
    /// <summary>Verifies a password.</summary>
    /// <param name="userName">The name the client gave, prepared.</param>
    /// <param name="password">The password in UTF-8 as it came, not prepared, not empty and without NUL. Read it during the call only: it is cleared after it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The verdict. An unknown user should take as long as a wrong password.</returns>
    ValueTask<SaslVerdict> VerifyAsync(string userName, ReadOnlyMemory<byte> password, CancellationToken cancellationToken = default);
}
