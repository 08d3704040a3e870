namespace Mail.Security.Sasl;

/// <summary>LOGIN, the client: the name, then the password, whatever the prompts say. An authorization identity cannot be told.</summary>
internal sealed class LoginClient(SaslCredentials credentials, SaslPreparation preparation) : DirectClient(SaslMechanisms.Login)
{
    private int _answered;

    private protected override bool IsComplete => _answered == 2;

    private protected override ReadOnlySpan<byte> Secret => credentials.Password;

    private protected override SaslClientStep Begin() => new SaslClientStep.AwaitChallenge();

    private protected override SaslClientStep Answer(ReadOnlySpan<byte> challenge)
    {
        _answered++;
        if (_answered > 2)
            return Fail(SaslClientFailure.UnexpectedChallenge, "LOGIN has two answers");
        if (_answered == 1)
            return StringPreparation.TryPrepare(credentials.UserNameBytes, preparation, out var userName) ? Send(userName) : Unusable();
        return credentials.Password.Contains((byte)0) || credentials.Password.Length > SaslLimits.MaxMessageLength ? Unusable() : Send(credentials.Password.ToArray());
    }
}
