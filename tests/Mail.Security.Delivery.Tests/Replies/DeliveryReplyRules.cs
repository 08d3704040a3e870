using Mail.Security.Transports;
using Mail.Security.Transports.Tests;

namespace Mail.Security.Delivery.Tests;

/// <summary>What an attempt makes of a deed in a place, when there is one host; derived from what the standards say.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>A connection that fails is as if 451 had been said (RFC 5321 §3.8): transient, X.4.2 (RFC 3463 §3.5); what is no reply, X.5.0 (RFC 3463 §3.6).</item>
/// <item>A 4yz is transient and a 5yz permanent, with the status it tells (RFC 5321 §4.2.1, RFC 2034 §4); about one recipient where it answers his RCPT.</item>
/// <item>TLS that is required and does not come about makes the host unusable now, and never the message undeliverable (RFC 7672 §2.2): X.7.4 and X.7.5 (RFC 3463 §3.8).</item>
/// <item>A login that fails, whatever the code, is a matter of the operator (decision 0012): transient, with the status it tells.</item>
/// </list>
/// </remarks>
internal static class DeliveryReplyRules
{
    public const string Delivered = "Delivered 2";

    /// <summary>What becomes of the three recipients, such as "Transient 4.4.2".</summary>
    public static string[] Recipients(Place place, Fault fault) => fault.Class switch
    {
        _ when place.Stage == SmtpStage.StartTls && IsRefusalOfTls(fault) => All("Transient 4.7.4"),
        // Octets in place of the handshake are plaintext behind the 220, and an injection where they come before ours (RFC 3207 §6).
        _ when place.Stage == SmtpStage.TlsHandshake => All(fault.Class == FaultClass.Late ? "Transient 4.4.2" : fault.Name is "close" or "reset" ? "Transient 4.7.5" : "Transient 4.7.0"),
        FaultClass.Fine => All(Delivered),
        FaultClass.Extra when place.IsEnd => All(Delivered),
        FaultClass.Extra when place.Stage == SmtpStage.StartTls => All("Transient 4.7.0"),      // plaintext behind the 220 (RFC 3207 §6)
        FaultClass.Lost or FaultClass.Late => All("Transient 4.4.2"),
        FaultClass.Nonsense or FaultClass.Extra => All("Transient 4.5.0"),
        FaultClass.Goodbye => All($"Transient {fault.Status}"),
        FaultClass.Later or FaultClass.Never when place.Stage == SmtpStage.Authentication => All(fault.Status![1..] == ".0.0" ? "Transient 4.7.0" : $"Transient 4{fault.Status[1..]}"),
        FaultClass.Later or FaultClass.Never when place.Recipient is { } one => With(one, Refusal(fault)),
        FaultClass.Later or FaultClass.Never => All(Refusal(fault)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Whether the session is kept for the next message.</summary>
    public static bool IsKept(Place place, Fault fault) => IsOfTransaction(place) ? fault.Class is FaultClass.Fine or FaultClass.Later or FaultClass.Never : Recipients(place, fault)[0] == Delivered;

    /// <summary>
    /// Whether the message may have arrived, so that no other host is asked in this attempt (RFC 5321 §4.5.3.2.6): the end of it was sent, and no
    /// refusal came. 421 is one: what was asked for was not done (RFC 5321 §4.2.1).
    /// </summary>
    public static bool IsUnknown(Place place, Fault fault) => place.IsEnd && fault.Class is (FaultClass.Lost or FaultClass.Late or FaultClass.Nonsense);

    /// <summary>Whether a refusal for good is that of the domain: said in a transaction, of a message or a recipient.</summary>
    public static bool IsFinal(Place place, Fault fault) => IsOfTransaction(place) && fault.Class == FaultClass.Never;

    public static bool IsOfTransaction(Place place) => place.Stage is SmtpStage.Mail or SmtpStage.Recipient or SmtpStage.Data or SmtpStage.EndOfData;

    // 220 is the one reply that TLS begins behind (RFC 3207 §4).
    private static bool IsRefusalOfTls(Fault fault) => fault.Class is FaultClass.Later or FaultClass.Never || fault.Name is "wrong class" or "another code of the class";

    private static string Refusal(Fault fault) => fault.Class == FaultClass.Never ? $"Permanent {fault.Status}" : $"Transient {fault.Status}";

    private static string[] All(string outcome) => [outcome, outcome, outcome];

    private static string[] With(int one, string outcome)
    {
        var all = All(Delivered);
        all[one] = outcome;
        return all;
    }
}
