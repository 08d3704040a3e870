namespace Mail.Security.Testing;

internal abstract record SmtpDialogueStep
{
    public sealed record Send(byte[] Bytes) : SmtpDialogueStep;

    public sealed record Expect(string Pattern) : SmtpDialogueStep;

    public sealed record Content : SmtpDialogueStep;

    public sealed record Handshake : SmtpDialogueStep;

    public sealed record Act(SmtpPeerAction Action) : SmtpDialogueStep;
}
