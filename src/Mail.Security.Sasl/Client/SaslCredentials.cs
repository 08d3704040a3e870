using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Sasl;

/// <summary>What a client authenticates with: a name and a password, a name and a token, or nothing but the channel's own proof.</summary>
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
        : this(SaslCredentialKind.Password, userName, authorizationIdentity)
    {
        ArgumentException.ThrowIfNullOrEmpty(userName);
        if (password.IsEmpty)
            throw new ArgumentException("The password is empty.", nameof(password));
        _password = Encode(password, nameof(password));
    }

    private SaslCredentials(SaslCredentialKind kind, string userName, string authorizationIdentity)
    {
        ArgumentNullException.ThrowIfNull(userName);
        ArgumentNullException.ThrowIfNull(authorizationIdentity);
        (Kind, UserName, AuthorizationIdentity, _password) = (kind, userName, authorizationIdentity, []);
        UserNameBytes = Encode(userName, nameof(userName));
        AuthorizationBytes = Encode(authorizationIdentity, nameof(authorizationIdentity));
    }

    /// <summary>Which mechanisms can use them.</summary>
    public SaslCredentialKind Kind { get; }

    /// <summary>Whose password or token it is; empty when the channel proves who the client is.</summary>
    public string UserName { get; }

    /// <summary>Whom to act as; empty for oneself.</summary>
    public string AuthorizationIdentity { get; }

    internal byte[] UserNameBytes { get; }

    internal byte[] AuthorizationBytes { get; }

    /// <summary>Where the token comes from; null unless it is a token.</summary>
    internal ISaslTokenProvider? Tokens { get; private init; }

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
    public static SaslCredentials External(string authorizationIdentity = "") => new(SaslCredentialKind.External, string.Empty, authorizationIdentity);

    /// <summary>For OAUTHBEARER and XOAUTH2: an access token, asked for anew at each login.</summary>
    /// <param name="userName">Whose token it is, mostly the mail address.</param>
    /// <param name="tokens">Where the token comes from. Not disposed here.</param>
    /// <param name="authorizationIdentity">Whose mailbox to use; empty for the one of the name.</param>
    /// <returns>The credentials.</returns>
    /// <exception cref="ArgumentException">The name is empty, or a text holds half a surrogate pair.</exception>
    public static SaslCredentials Token(string userName, ISaslTokenProvider tokens, string authorizationIdentity = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(userName);
        ArgumentNullException.ThrowIfNull(tokens);
        return new SaslCredentials(SaslCredentialKind.Token, userName, authorizationIdentity) { Tokens = tokens };
    }

    /// <summary>For OAUTHBEARER and XOAUTH2: one access token, good until it expires.</summary>
    /// <param name="userName">Whose token it is, mostly the mail address.</param>
    /// <param name="token">The token.</param>
    /// <returns>The credentials.</returns>
    /// <exception cref="ArgumentException">The name is empty, or holds half a surrogate pair.</exception>
    public static SaslCredentials Token(string userName, SaslToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return Token(userName, new OneToken(token));
    }

    /// <summary>Whether others would log in as these do: same kind, names and password, or the same provider of tokens.</summary>
    /// <param name="other">The others.</param>
    /// <returns>True when a server could not tell one from the other. Passwords are compared in a time that tells nothing but their length.</returns>
    /// <exception cref="ObjectDisposedException">The password of one of them was cleared.</exception>
    public bool IsEquivalentTo(SaslCredentials other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Kind == other.Kind
            && string.Equals(UserName, other.UserName, StringComparison.Ordinal)
            && string.Equals(AuthorizationIdentity, other.AuthorizationIdentity, StringComparison.Ordinal)
            && ReferenceEquals(Tokens, other.Tokens)
            && CryptographicOperations.FixedTimeEquals(Password, other.Password);
    }

    /// <summary>Clears the password.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_password);
    }

    /// <summary>The name; password and token are left out.</summary>
    /// <returns>A text that may be logged where names may.</returns>
    public override string ToString() => Kind == SaslCredentialKind.External ? "the channel's own" : UserName;

    private sealed class OneToken(SaslToken token) : ISaslTokenProvider
    {
        private readonly SaslTokenResult _result = new SaslTokenResult.Issued(token);

        public ValueTask<SaslTokenResult> GetTokenAsync(string userName, CancellationToken cancellationToken) => ValueTask.FromResult(_result);
    }

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
