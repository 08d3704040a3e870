using System.Text.Unicode;

namespace Mail.Security.Sasl;

/// <summary>LOGIN: the name, then the password, each after a prompt. Some clients look for the very words "Username:" and "Password:".</summary>
/// <remarks>The server speaks first, yet clients that send the name along with the command are common, and are understood.</remarks>
internal sealed class LoginServer(ISaslPasswordVerifier verifier, SaslAuthority authority) : SaslServer(SaslMechanisms.Login)
{
    private byte[]? _userName;

    private protected override async ValueTask<SaslServerStep> TakeAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
    {
        if (response is not { } message)
            return Challenge([.. "Username:"u8]);
        if (message.IsEmpty || message.Span.Contains((byte)0) || !Utf8.IsValid(message.Span))
            return Fail(SaslFailure.Malformed);
        if (_userName is null)
        {
            _userName = message.ToArray();
            return Challenge([.. "Password:"u8]);
        }
        return await authority.VerifyAsync(this, verifier, new PasswordMessage(default, _userName, message), cancellationToken).ConfigureAwait(false);
    }
}
