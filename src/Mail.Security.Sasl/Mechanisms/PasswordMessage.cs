namespace Mail.Security.Sasl;

/// <summary>What PLAIN and LOGIN carry: slices of the client's messages, all UTF-8 and without NUL.</summary>
internal readonly struct PasswordMessage(ReadOnlyMemory<byte> authorizationIdentity, ReadOnlyMemory<byte> userName, ReadOnlyMemory<byte> password)
{
    public ReadOnlyMemory<byte> AuthorizationIdentity { get; } = authorizationIdentity;

    public ReadOnlyMemory<byte> UserName { get; } = userName;

    public ReadOnlyMemory<byte> Password { get; } = password;
}
