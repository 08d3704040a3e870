using System.Security.Cryptography;

namespace Mail.Security.Sasl;

/// <summary>PLAIN, the client: one message (RFC 4616 §2). The password goes as it is, for the server to prepare.</summary>
internal sealed class PlainClient(SaslCredentials credentials, SaslPreparation preparation) : DirectClient(SaslMechanisms.Plain)
{
    private protected override bool IsComplete => true;

    private protected override ReadOnlySpan<byte> Secret => credentials.Password;

    private protected override SaslClientStep Begin()
    {
        // RFC 4616 §2: NUL parts the three, so none may hold it.
        if (!StringPreparation.TryPrepare(credentials.UserNameBytes, preparation, out var userName) || credentials.Password.Contains((byte)0)
            || credentials.AuthorizationBytes.AsSpan().Contains((byte)0))
            return Unusable();
        var message = GC.AllocateUninitializedArray<byte>(credentials.AuthorizationBytes.Length + userName.Length + credentials.Password.Length + 2, pinned: true);
        credentials.AuthorizationBytes.CopyTo(message.AsSpan());
        var at = credentials.AuthorizationBytes.Length;
        message[at++] = 0;
        userName.CopyTo(message.AsSpan(at));
        at += userName.Length;
        message[at++] = 0;
        credentials.Password.CopyTo(message.AsSpan(at));
        if (message.Length <= SaslLimits.MaxMessageLength)
            return Send(message);
        CryptographicOperations.ZeroMemory(message);
        return Unusable();
    }

    private protected override SaslClientStep Answer(ReadOnlySpan<byte> challenge) => Fail(SaslClientFailure.UnexpectedChallenge, "PLAIN has one message");
}
