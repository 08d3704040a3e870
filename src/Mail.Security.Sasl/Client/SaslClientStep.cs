namespace Mail.Security.Sasl;

/// <summary>What a client does next in an authentication.</summary>
public abstract record SaslClientStep
{
    private protected SaslClientStep()
    {
    }

    /// <summary>Send this: with the command at the start (an empty one as "=" in SMTP), afterwards as the answer to the challenge.</summary>
    /// <param name="Data">The response before base64. It may hold the password: it is cleared when the client is disposed, so send it before that.</param>
    public sealed record Send(ReadOnlyMemory<byte> Data) : SaslClientStep;

    /// <summary>The server speaks first: send the command without an initial response.</summary>
    public sealed record AwaitChallenge : SaslClientStep;

    /// <summary>The server has accepted, and has proven itself where the mechanism has it do so.</summary>
    public sealed record Authenticated : SaslClientStep;

    /// <summary>Give up.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Detail">The same in a few words, for people; never a secret.</param>
    public sealed record Failed(SaslClientFailure Reason, string Detail) : SaslClientStep;
}
