using System.Security.Cryptography.X509Certificates;
using DaneCheck.Keys;
using Mail.Security;
using Mail.Security.Dane;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;
using Mail.Security.Transports;

namespace DaneCheck.Checking;

/// <summary>What whoever runs the server or its zone can do, in one sentence; empty where nothing can be said.</summary>
internal static class Advice
{
    /// <summary>After a session that came about, or did not.</summary>
    /// <param name="plan">The plan of the host.</param>
    /// <param name="failure">Why there is no session; null when there is one.</param>
    /// <param name="shown">The server's certificate in DER; empty when none was seen.</param>
    public static string For(HostPlan plan, SessionFailure? failure, ReadOnlyMemory<byte> shown) => (plan.Explanation.DaneDecision, failure) switch
    {
        (DaneDecision.Authenticate(var policy), { Kind: SessionFailureKind.PeerRejected, Verdict: PeerVerdict.Rejected rejected }) => For(rejected.Reason, policy, shown),
        (DaneDecision.Authenticate or DaneDecision.EncryptOnly, { Kind: SessionFailureKind.StartTlsNotOffered or SessionFailureKind.StartTlsRefused }) =>
            "switch STARTTLS on at this address, or find what takes it away on the path: the TLSA records promise it",
        (DaneDecision.EncryptOnly(var policy), null) when Line(policy, shown) is { Length: > 0 } line => $"publish a record that mail can use: {line}",
        (DaneDecision.NotApplicable(DaneInapplicability.NoTlsaRecords, _), null) when Line(plan, shown) is { Length: > 0 } line => $"to protect the host publish: {line}",
        (_, { Kind: SessionFailureKind.PeerRejected }) => $"give the server a certificate for {plan.Sessions[0].ServerName} from an authority that its clients trust; --ca FILE trusts one more here",
        (DaneDecision.NotApplicable(DaneInapplicability.InsecureAddress or DaneInapplicability.InsecureTlsa, var detail), _) => $"DANE begins with DNSSEC: {detail}; sign that zone, and have the one above publish its DS record",
        (DaneDecision.NotApplicable(DaneInapplicability.UnvalidatedAddress, _), _) => "ask a resolver that validates and is trusted, or with --mode validate",
        _ => "",
    };

    /// <summary>For a host that is passed over.</summary>
    public static string For(HostExplanation host, ushort port) => host.DaneDecision switch
    {
        DaneDecision.Defer { Reason: DnsFailure.Bogus } defer => $"whoever runs the zone must sign it anew or mend its DS records; --lookup {Owner(defer.TlsaBase, port)} TLSA --mode validate shows the link that breaks",
        DaneDecision.Defer { Reason: not DnsFailure.Unspecified } defer => $"the name servers of the zone must answer for TLSA, if only that there is none; --lookup {Owner(defer.TlsaBase, port)} TLSA asks again",
        _ => "",
    };

    private static string For(PeerRejection reason, DanePolicy policy, ReadOnlyMemory<byte> shown)
    {
        var line = Line(policy, shown);
        return reason switch
        {
            _ when line.Length == 0 => "",
            PeerRejection.NoTlsaMatch => $"give the server the key that is published, or, where the one it has is right, publish: {line}",
            PeerRejection.NameMismatch => $"give the server a certificate for {policy.TlsaBase}, or publish a record that looks at no name: {line}",
            PeerRejection.Expired or PeerRejection.NotYetValid => $"renew the certificate, or publish a record that looks at no date: {line}",
            _ => $"let the server send the certificates up to the one that is published, or publish a record of its own key: {line}",
        };
    }

    // In the form of the server's records that are there: one of another would not be looked at by all (RFC 7671 §8).
    private static string Line(DanePolicy policy, ReadOnlyMemory<byte> shown)
    {
        var like = policy.Usable.Where(static record => record is { Usage: TlsaUsage.DaneEe, Matching: not TlsaMatching.Full }).Select(RecordForm.Of).FirstOrDefault(Usual);
        return Line(policy.Owner, like, shown);
    }

    private static string Line(HostPlan plan, ReadOnlyMemory<byte> shown) => Line(DomainName.ParseLax(Owner(plan.Host, (ushort)plan.Port)), Usual, shown);

    private static readonly RecordForm Usual = new(TlsaUsage.DaneEe, TlsaSelector.PublicKey, TlsaMatching.Sha256);

    private static string Line(DomainName owner, RecordForm form, ReadOnlyMemory<byte> shown)
    {
        if (shown.IsEmpty)
            return "";
        using var certificate = X509CertificateLoader.LoadCertificate(shown.Span);
        return RecordMaking.Line(owner.Ascii, TlsaRecordMaker.FromCertificate(certificate, form.Usage, form.Selector, form.Matching));
    }

    private static string Owner(DomainName host, ushort port) => TlsaRecordMaker.OwnerName(host, port).Ascii;
}
