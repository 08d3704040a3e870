namespace Mail.Security.Transports.Tests;

/// <summary>What a session makes of a deed in a place, derived from what the standards say and not from what the code does.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>The first digit of a code decides, and a reply ends at its CRLF (RFC 5321 §4.2, §4.2.1, §4.3.2).</item>
/// <item>A reply to RCPT is about its recipient; one to MAIL, DATA or the content about all that were accepted (RFC 5321 §3.3, RFC 2920 §3.1, RFC 3030 §2).</item>
/// <item>A connection that ends, or whose state nobody knows any more, is as if 451 had been said to all that are left, and is not used again (RFC 5321 §3.8, §4.2).</item>
/// <item>A reply that was not asked for puts every later one in the wrong place: it never delivers, and never takes back what is delivered (RFC 5321 §4.2).</item>
/// <item>After a refusal the session is in step: it is kept, and RSET comes before the next message unless content ended well (RFC 5321 §4.1.1.4, §4.1.1.5).</item>
/// </list>
/// </remarks>
internal static class SessionReplyRules
{
    /// <summary>What becomes of the three recipients: "Accepted", "Refused" or "Deferred".</summary>
    public static string[] Outcomes(Place place, Fault fault) => fault.Class switch
    {
        FaultClass.Fine => All("Accepted"),
        FaultClass.Extra => All(place.IsEnd ? "Accepted" : "Deferred"),
        FaultClass.Later or FaultClass.Never when place.Recipient is { } one => With(one, Refusal(fault)),
        FaultClass.Later or FaultClass.Never => All(Refusal(fault)),
        _ => All("Deferred"),
    };

    /// <summary>How the connection failed; "-" when it did not.</summary>
    public static string Failure(Place place, Fault fault) => fault.Class switch
    {
        FaultClass.Lost => "ConnectionLost",
        FaultClass.Late => "Timeout",
        FaultClass.Nonsense => "ProtocolViolation",
        FaultClass.Goodbye => "Refused421",
        FaultClass.Extra when !place.IsEnd => "ProtocolViolation",
        _ => "-",
    };

    /// <summary>Whether the session is there for the next message.</summary>
    public static bool IsKept(Fault fault) => fault.Class is FaultClass.Fine or FaultClass.Later or FaultClass.Never;

    /// <summary>Whether the next message on it begins with RSET.</summary>
    public static bool NeedsReset(Place place, Fault fault) => fault.Class is FaultClass.Later or FaultClass.Never && place.Recipient is null;

    /// <summary>How often the peer has the whole content: once when somebody was accepted, or when the end was its last word; else never.</summary>
    public static int Contents(Place place, Fault fault) => place.IsEnd || Outcomes(place, fault).Contains("Accepted") ? 1 : 0;

    private static string Refusal(Fault fault) => fault.Class == FaultClass.Never ? "Refused" : "Deferred";

    private static string[] All(string outcome) => [outcome, outcome, outcome];

    private static string[] With(int one, string outcome)
    {
        var all = All("Accepted");
        all[one] = outcome;
        return all;
    }
}
