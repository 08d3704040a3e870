using Mail.Security.Dnssec;

namespace Interop.Tests.Dane;

/// <summary>Where we judge otherwise than libssl, each with the section that lets us.</summary>
internal static class DaneExceptions
{
    /// <summary>What we say in place of libssl; null where we agree.</summary>
    public static string? Of(DaneCase one, string theirs) => (one, theirs) switch
    {
        // RFC 6698 §2.1.1: any certificate that matches a DANE-TA(2) record is a trust anchor, that of the server too; dates and names are checked all the same.
        // libssl looks for anchors above it only.
        ({ Usage: 2, Target: 0, IsNamed: true, Fault: DaneFault.None or DaneFault.Shuffled }, "FAIL") => "OK",
        // RFC 6698 §2.1.1: a PKIX-TA(0) record limits the paths there are. libssl takes a certificate published in full for one that the server sent.
        ({ Usage: 0, Selector: (int)TlsaSelector.Certificate, Matching: (int)TlsaMatching.Full, IsSent: false }, "OK") when one.Target < one.Issuers => "FAIL",
        _ => null,
    };
}
