using System.Runtime.CompilerServices;
using Mail.Security.RequireTls;
using Mail.Security.Smtp;

namespace Mail.Security.Delivery;

/// <summary>The extensions whose parameters go on with a message, as the sender gave them (RFC 8689 §4.2.1, RFC 6710 §4.2, RFC 2852 §4.1.4).</summary>
internal static class RelayedExtensions
{
    // Sessions are shared by those whose extensions are the same objects: agents with one clock and one pool have them in common.
    private static readonly ConditionalWeakTable<TimeProvider, IReadOnlyList<SmtpExtension>> Lists = [];

    public static IReadOnlyList<SmtpExtension> Of(TimeProvider time) =>
        Lists.GetValue(time, static clock => [new RequireTlsExtension(), new PriorityExtension(), new DeliverByExtension(time: clock)]);
}
