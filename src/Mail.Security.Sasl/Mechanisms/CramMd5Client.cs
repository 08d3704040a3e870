using System.Security.Cryptography;

namespace Mail.Security.Sasl;

/// <summary>CRAM-MD5, the client (RFC 2195 §2). It proves nothing of the server.</summary>
internal sealed class CramMd5Client(SaslCredentials credentials, SaslPreparation preparation) : DirectClient(SaslMechanisms.CramMd5)
{
    private bool _answered;

    private protected override bool IsComplete => _answered;

    private protected override SaslClientStep Begin() => new SaslClientStep.AwaitChallenge();

    private protected override SaslClientStep Answer(ReadOnlySpan<byte> challenge)
    {
        if (_answered)
            return Fail(SaslClientFailure.UnexpectedChallenge, "CRAM-MD5 has one answer");
        if (!CramMd5.IsChallenge(challenge))
            return Fail(SaslClientFailure.Malformed, "the challenge is no message identifier");
        if (!StringPreparation.TryPrepare(credentials.UserNameBytes, preparation, out var userName) || !StringPreparation.TryPrepare(credentials.Password, preparation, out var secret))
            return Unusable();
        _answered = true;
        var digest = CramMd5.Digest(secret, challenge);
        CryptographicOperations.ZeroMemory(secret);
        return Send([.. userName, (byte)' ', .. digest]);
    }
}
