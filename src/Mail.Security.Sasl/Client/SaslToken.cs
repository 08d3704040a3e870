using System.Text;

namespace Mail.Security.Sasl;

/// <summary>An OAuth 2.0 access token. It opens the mailbox to whoever has it.</summary>
public sealed class SaslToken
{
    /// <summary>The most characters a token may have: with the names beside it, the message still fits one line (<see cref="SaslLimits.MaxMessageLength"/>).</summary>
    internal const int MaxLength = 8192;

    private readonly byte[] _value;

    /// <summary>Takes a token.</summary>
    /// <param name="value">The token as the authorization server gave it; copied.</param>
    /// <exception cref="ArgumentException">It is empty, over 8,192 characters long, or has a character that is not visible ASCII.</exception>
    public SaslToken(ReadOnlySpan<char> value)
    {
        if (value.IsEmpty || value.Length > MaxLength || value.ContainsAnyExceptInRange('!', '~'))
            throw new ArgumentException("A token has 1 to 8192 characters of visible ASCII.", nameof(value));
        _value = GC.AllocateUninitializedArray<byte>(value.Length, pinned: true);
        Encoding.ASCII.GetBytes(value, _value);
    }

    internal ReadOnlySpan<byte> Value => _value;

    /// <summary>The word "token"; never the token.</summary>
    /// <returns>A text that may be logged.</returns>
    public override string ToString() => "token";
}
