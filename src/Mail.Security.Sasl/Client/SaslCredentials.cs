using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Sasl;

/// <summary>What a client authenticates with: a name and a password, or nothing but the channel's own proof.</summary>
/// <remarks>One object may serve many connections. Disposing it clears the password.</remarks>
public sealed class SaslCredentials : IDisposable
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _password;
    private bool _disposed;

    /// <summary>Takes a name and a password.</summary>
    /// <param name="userName">Whose password it is.</param>
    /// <param name="password">The password; copied, as UTF-8.</param>
    /// <param name="authorizationIdentity">Whom to act as; empty for oneself.</param>
    /// <exception cref="ArgumentException">Name or password is empty, or a text holds half a surrogate pair.</exception>
    public SaslCredentials(string userName, ReadOnlySpan<char> password, string authorizationIdentity = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(userName);
        ArgumentNullException.ThrowIfNull(authorizationIdentity);
        if (password.IsEmpty)
            throw new ArgumentException("The password is empty.", nameof(password));
        UserName = userName;
        AuthorizationIdentity = authorizationIdentity;
        UserNameBytes = Encode(userName, nameof(userName));
        AuthorizationBytes = Encode(authorizationIdentity, nameof(authorizationIdentity));
        _password = Encode(password, nameof(password));
    }

    private SaslCredentials(string authorizationIdentity)
    {
        ArgumentNullException.ThrowIfNull(authorizationIdentity);
        (UserName, AuthorizationIdentity, UserNameBytes, _password) = (string.Empty, authorizationIdentity, [], []);
        AuthorizationBytes = Encode(authorizationIdentity, nameof(authorizationIdentity));
    }

    /// <summary>Whose password it is; empty when the channel proves who the client is.</summary>
    public string UserName { get; }

    /// <summary>Whom to act as; empty for oneself.</summary>
    public string AuthorizationIdentity { get; }

    /// <summary>Whether these are for EXTERNAL and nothing else.</summary>
    public bool AreExternal => _password.Length == 0;

    internal byte[] UserNameBytes { get; }

    internal byte[] AuthorizationBytes { get; }

    internal ReadOnlySpan<byte> Password
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _password;
        }
    }

    /// <summary>For EXTERNAL: the channel has proven who the client is, for instance by its certificate (RFC 4422 §A.1).</summary>
    /// <param name="authorizationIdentity">Whom to act as; empty for the one the certificate names.</param>
    /// <returns>The credentials.</returns>
    /// <exception cref="ArgumentException">The text holds half a surrogate pair.</exception>
    public static SaslCredentials External(string authorizationIdentity = "") => new(authorizationIdentity);

    /// <summary>Clears the password.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_password);
    }

    /// <summary>The name; the password is left out.</summary>
    /// <returns>A text that may be logged where names may.</returns>
    public override string ToString() => AreExternal ? "the channel's own" : UserName;

    // The encoder's own exception would show the text around the fault.
    private static byte[] Encode(ReadOnlySpan<char> text, string parameter)
    {
        try
        {
            var bytes = GC.AllocateUninitializedArray<byte>(Strict.GetByteCount(text), pinned: true);     // so that the collector leaves no second copy behind
            Strict.GetBytes(text, bytes);
            return bytes;
        }
        catch (EncoderFallbackException)
        {
            throw new ArgumentException("The text holds half a surrogate pair.", parameter);
        }
    }
}
