namespace Mail.Security.Transports;

/// <summary>What went wrong with the byte stream: the only form in which an I/O failure leaves the seam.</summary>
internal sealed record WireFault(WireFaultKind Kind, string Detail)
{
    public static WireFault Closed { get; } = new(WireFaultKind.Closed, "the server closed the connection");

    public static WireFault ClosedAmidReply { get; } = new(WireFaultKind.Closed, "the server closed the connection in the middle of a reply");

    public static WireFault Unasked { get; } = new(WireFaultKind.Syntax, "a reply to no command");

    public SessionFailure At(SmtpStage stage) => new(Kind switch
    {
        WireFaultKind.Timeout => SessionFailureKind.Timeout,
        WireFaultKind.Syntax => SessionFailureKind.ProtocolViolation,
        WireFaultKind.Tls => SessionFailureKind.TlsHandshake,
        _ => SessionFailureKind.ConnectionLost,
    }, stage, null, null, Detail);
}

internal enum WireFaultKind : byte
{
    Closed = 0,
    Reset,
    Timeout,
    Tls,
    Syntax,
}
