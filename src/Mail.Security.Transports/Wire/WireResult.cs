using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>What an exchange gave: a reply, a fault, or neither for a write that went well.</summary>
internal readonly record struct WireResult(SmtpReply? Reply, WireFault? Fault)
{
    public static WireResult Done => default;

    public static WireResult Failed(WireFault fault) => new(null, fault);
}
