using Mail.Security;

namespace Interop.Tests;

/// <summary>Where unbound says something else, and why that is not for us to follow.</summary>
internal static class KnownExceptions
{
    private static readonly (Func<string, string, string, string, bool> Fits, string Reason)[] List =
    [
        ((name, type, ours, theirs) => name.Contains(".sub.d.", StringComparison.Ordinal) && type == "CNAME" && ours.StartsWith("Found", StringComparison.Ordinal) && (theirs == "Failed" || theirs.StartsWith("Found Insecure", StringComparison.Ordinal)),
            "asked for the CNAME that a DNAME makes, unbound 1.17 follows it and judges that its target has no CNAME as well: SERVFAIL, or insecure where that denial hashes too often. RFC 6672 §3.1 makes the CNAME the answer"),
    ];

    /// <summary>The reason of a known exception; null where there is none.</summary>
    public static string? Find(DomainName name, string type, string ours, string theirs) =>
        List.FirstOrDefault(item => item.Fits(name.Ascii, type, ours, theirs)).Reason;
}
