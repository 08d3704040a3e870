using System.Diagnostics;
using Mail.Security.Dane;
using Mail.Security.Dnssec;

namespace Mail.Security.Delivery;

/// <summary>What DANE demands, in one sentence.</summary>
internal static class DaneSentence
{
    public static string Of(DaneDecision? decision) => Sentences.OneLine(decision switch
    {
        null => "",
        DaneDecision.NotApplicable(_, var detail) => $"not applicable: {detail}",
        DaneDecision.Authenticate(var policy) => $"the server must match {policy.Usable.Count} usable TLSA record{(policy.Usable.Count == 1 ? "" : "s")} at {policy.Owner}; TLSA base {policy.TlsaBase}",
        DaneDecision.EncryptOnly(var policy) => $"TLS is mandatory, but {Unusable(policy)}: no certificate is verified by DANE",
        // No lookup failed: what it brought is over the limits.
        DaneDecision.Defer { Reason: DnsFailure.Unspecified } defer => $"cannot be told: {defer.Detail}",
        DaneDecision.Defer defer => $"cannot be told: the TLSA lookup for {defer.TlsaBase} failed, {defer.Reason}: {defer.Detail}",
        _ => throw new UnreachableException(),
    });

    private static string Unusable(DanePolicy policy)
    {
        var why = string.Join(", ", policy.Unusable.Select(policy.ReasonOf).Distinct());
        return policy.Unusable.Count == 1 ? $"the TLSA record at {policy.Owner} is unusable ({why})" : $"all {policy.Unusable.Count} TLSA records at {policy.Owner} are unusable ({why})";
    }
}
