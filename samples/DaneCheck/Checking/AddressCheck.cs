using System.Diagnostics;
using System.Globalization;
using System.Net;
using Mail.Security;
using Mail.Security.Dane;
using Mail.Security.Delivery;
using Mail.Security.Transports;

namespace DaneCheck.Checking;

/// <summary>Opens the session that a delivery would open at one address, and closes it.</summary>
internal sealed class AddressCheck(DomainName helloName, TimeSpan timeout)
{
    private readonly TcpDialer _dialer = new(new TcpDialerOptions { ConnectTimeout = timeout });

    public async Task<AddressReport> RunAsync(HostPlan plan, IPAddress address, CancellationToken cancellationToken)
    {
        var end = new IPEndPoint(address, plan.Port);
        var report = new AddressReport { Address = end.ToString() };
        var dial = await _dialer.DialAsync(end, cancellationToken);
        if (dial is not DialResult.Connected connected)
            return report with { Sentence = $"no connection: {((DialResult.Failed)dial).Detail}" };
        var session = plan.Sessions[0];
        var watch = new WatchingVerifier(session.Verifier!, plan.Explanation.DaneDecision, (ushort)plan.Port);
        switch (await SmtpClientSession.OpenAsync(connected.Stream, Settings(plan, session, watch), cancellationToken: cancellationToken))
        {
            case SessionOpenResult.Opened opened:
                await using (opened.Session)
                    await opened.Session.CloseAsync(cancellationToken);
                return Judge(plan, opened.Session.Tls!, report) with
                {
                    Certificates = watch.Seen,
                    Advice = Advice.For(plan, null, watch.Leaf),
                    Uncovered = [.. watch.Uncovered.Select(static form => form.ToString())],
                };
            case SessionOpenResult.Failed(var failure):
                return Judge(plan, failure, report) with { Certificates = watch.Seen, Failure = failure.Kind.ToString(), Advice = Advice.For(plan, failure, watch.Leaf) };
            default:
                throw new UnreachableException();
        }
    }

    private static AddressReport Judge(HostPlan plan, TlsSession tls, AddressReport report)
    {
        report = report with { Delivery = DeliveryForecast.Delivers, Tls = string.Create(CultureInfo.InvariantCulture, $"{tls.Protocol}, {tls.Cipher}") };
        return (plan.Explanation.DaneDecision, tls.Verdict) switch
        {
            (DaneDecision.Authenticate, PeerVerdict.Authenticated(var method, var evidence)) => report with { Verdict = CheckVerdict.Verified, Sentence = $"{method}: {evidence}" },
            // RFC 7673 §4.1: with a submission server it is as if there were no records.
            (DaneDecision.EncryptOnly, PeerVerdict.Authenticated(var method, var evidence)) when plan.Floor == TlsFloor.Authenticate =>
                report with { Verdict = CheckVerdict.Failed, Sentence = $"no TLSA record can be used, so that the certificate counts alone; {method}: {evidence}" },
            (DaneDecision.EncryptOnly, _) => report with { Verdict = CheckVerdict.Failed, Sentence = "no TLSA record can be used: TLS is all that is demanded, of whoever answers" },
            (_, PeerVerdict.Authenticated(var method, var evidence)) => report with { Verdict = CheckVerdict.Unprotected, Sentence = $"not by DANE; {method}: {evidence}" },
            (_, PeerVerdict.EncryptedOnly(var ignored)) => report with { Verdict = CheckVerdict.Unprotected, Sentence = $"TLS with whoever answers; the certificate would not do: {ignored}" },
            _ => report with { Verdict = CheckVerdict.Failed, Sentence = "the certificate was rejected" },
        };
    }

    private static AddressReport Judge(HostPlan plan, SessionFailure failure, AddressReport report)
    {
        var isTls = failure.Kind is SessionFailureKind.StartTlsNotOffered or SessionFailureKind.StartTlsRefused or SessionFailureKind.TlsHandshake;
        // RFC 7672 §2.2: without DANE a server that cannot do TLS is sent to in the clear.
        if (isTls && plan.Floor == TlsFloor.Opportunistic)
            return report with { Verdict = CheckVerdict.Unprotected, Delivery = DeliveryForecast.Delivers, Sentence = $"in the clear: {failure.Detail}" };
        var isItsOwn = isTls || failure.Kind is SessionFailureKind.PeerRejected or SessionFailureKind.StartTlsInjection;
        return report with { Verdict = isItsOwn ? CheckVerdict.Failed : CheckVerdict.Unknown, Sentence = failure.Detail };
    }

    private SmtpSessionSettings Settings(HostPlan plan, SessionPlan session, PeerVerifier verifier) => new()
    {
        HelloName = helloName,
        Tls = session.Tls,
        LeastTlsVersion = plan.LeastVersion,
        ServerName = session.ServerName.IsEmpty ? null : session.ServerName,
        Verifier = verifier,
        Timeouts = SmtpTimeouts.Default with { Greeting = timeout, Command = timeout, TlsHandshake = timeout },
    };
}
