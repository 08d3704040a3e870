using Mail.Security;

namespace Interop.Tests;

/// <summary>Where unbound says something else, why that is not for us to follow, and what it says: an exception that is gone is noticed.</summary>
internal static class KnownExceptions
{
    private static readonly (Func<string, string, string, bool> Fits, Func<string, bool> Says, string Reason)[] List =
    [
        ((name, type, ours) => name.Contains(".sub.d.", StringComparison.Ordinal) && type == "CNAME" && ours.StartsWith("Found Secure", StringComparison.Ordinal),
            theirs => theirs == "Failed" || theirs.StartsWith("Found Insecure", StringComparison.Ordinal),
            "asked for the CNAME that a DNAME makes, unbound 1.17 follows it and judges that its target has no CNAME as well: SERVFAIL, or insecure where that denial hashes too often. RFC 6672 §3.1 makes the CNAME the answer"),
    ];

    /// <summary>The exception for a question and our verdict, and whether their verdict is the one it names; null where there is none.</summary>
    public static (bool Holds, string Reason)? Find(DomainName name, string type, string ours, string theirs) =>
        Array.Find(List, item => item.Fits(name.Ascii, type, ours)) is { Reason: not null } known ? (known.Says(theirs), known.Reason) : null;
}
