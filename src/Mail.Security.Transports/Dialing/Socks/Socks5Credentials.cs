using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Transports;

/// <summary>A name and a password for a SOCKS proxy (RFC 1929).</summary>
/// <remarks>Two of them are equal when name and password are. They travel in the clear (RFC 1929 §3): for a proxy on this host, or behind a protected network. No text of this object shows them.</remarks>
public sealed class Socks5Credentials : IEquatable<Socks5Credentials>
{
    /// <summary>Keeps a name and a password, as UTF-8.</summary>
    /// <param name="name">The name; 1 to 255 bytes.</param>
    /// <param name="password">The password; 1 to 255 bytes.</param>
    /// <exception cref="ArgumentException">One of them is empty or too long, or no valid text.</exception>
    public Socks5Credentials(string name, string password)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(password);
        (Name, Password) = (Encode(name, nameof(name)), Encode(password, nameof(password)));
    }

    internal byte[] Name { get; }

    internal byte[] Password { get; }

    /// <summary>True when name and password are the same.</summary>
    /// <param name="other">The other credentials.</param>
    /// <returns>True when equal.</returns>
    public bool Equals(Socks5Credentials? other) => other is not null
        && CryptographicOperations.FixedTimeEquals(Name, other.Name) & CryptographicOperations.FixedTimeEquals(Password, other.Password);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Socks5Credentials);

    /// <summary>A hash of the name alone.</summary>
    /// <returns>The hash code.</returns>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Name);
        return hash.ToHashCode();
    }

    /// <summary>Says that there are credentials, not which.</summary>
    /// <returns>A fixed text.</returns>
    public override string ToString() => "a name and a password";

    // RFC 1929 §2: 1 to 255 bytes each. What was wrong is said without the text itself.
    private static byte[] Encode(string text, string parameter)
    {
        byte[] bytes;
        try
        {
            bytes = new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            throw new ArgumentException("A lone surrogate is no text.", parameter);
        }
        return bytes.Length is >= 1 and <= 255 ? bytes : throw new ArgumentException("It must have 1 to 255 bytes.", parameter);
    }
}
