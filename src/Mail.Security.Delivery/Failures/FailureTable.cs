using System.Diagnostics;
using System.Globalization;
using Mail.Security.Dane;
using Mail.Security.Dnssec;
using Mail.Security.MtaSts;
using Mail.Security.RequireTls;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>The one place that says what the failures of the packages below mean for mail.</summary>
/// <remarks>
/// Doubt is transient. Permanent are only a remote 5yz, a name that takes no mail, does not exist or leads back here, and a REQUIRETLS
/// refusal (RFC 8689 §4.2.1). A permanent failure of one host becomes the message's only when no host failed in another way.
/// </remarks>
internal static class FailureTable
{
    private static readonly EnhancedStatus EncryptionNeeded = new(5, 7, 10);    // RFC 8689 §4.2.1

    /// <summary>The label of a host whose name REQUIRETLS does not believe.</summary>
    public const string UnprovenName = "requiretls-name";

    // RFC 3463 §3.5: X.4.3, the directory server; §3.8: X.7.5, a cryptographic failure.
    public static DeliveryFailure Of(DnsFailure reason, ExtendedDnsError? error, string detail)
    {
        // What the extended error says is mostly what the sentence says already.
        var text = error is null ? detail : $"{detail} ({(detail.Contains(error.Text, StringComparison.Ordinal) ? error with { Text = "" } : error)})";
        return reason switch
        {
            DnsFailure.Bogus => Transient("dns-bogus", new(4, 7, 5), TlsFailureType.DnssecInvalid, text),
            DnsFailure.Timeout => Transient("dns-timeout", new(4, 4, 3), TlsFailureType.None, text),
            DnsFailure.Network => Transient("dns-network", new(4, 4, 3), TlsFailureType.None, text),
            DnsFailure.ServerFailure => Transient("dns-servfail", new(4, 4, 3), TlsFailureType.None, text),
            DnsFailure.Refused => Transient("dns-refused", new(4, 4, 3), TlsFailureType.None, text),
            DnsFailure.NotImplemented => Transient("dns-notimp", new(4, 4, 3), TlsFailureType.None, text),
            DnsFailure.Malformed => Transient("dns-malformed", new(4, 4, 3), TlsFailureType.None, text),
            DnsFailure.Mismatched => Transient("dns-mismatched", new(4, 4, 3), TlsFailureType.None, text),
            DnsFailure.AliasLoop => Transient("dns-alias-loop", new(4, 4, 3), TlsFailureType.None, text),
            DnsFailure.AliasLimit => Transient("dns-alias-limit", new(4, 4, 3), TlsFailureType.None, text),
            DnsFailure.UpstreamNotDnssecCapable => Transient("dns-no-dnssec", new(4, 4, 3), TlsFailureType.None, text),
            DnsFailure.Unspecified => Transient("dns", new(4, 4, 3), TlsFailureType.None, text),
            _ => throw new UnreachableException(),
        };
    }

    // RFC 7672 §2.1.2: a TLSA lookup that failed makes the host unreachable.
    public static DeliveryFailure Of(DaneDecision.Defer defer) => Of(defer.Reason, defer.Error, $"TLSA lookup for {defer.TlsaBase}: {defer.Detail}") with
    {
        Label = "tlsa-lookup",
        Status = new EnhancedStatus(4, 7, 5),
        Report = defer.Reason == DnsFailure.Bogus ? TlsFailureType.DnssecInvalid : TlsFailureType.TlsaInvalid,
    };

    public static DeliveryFailure Of(MtaStsDecision.Defer defer) => Of(defer.Reason, defer.Error, $"MTA-STS: {defer.Detail}") with
    {
        Label = "mta-sts-lookup",
        Status = new EnhancedStatus(4, 7, 5),
        Report = TlsFailureType.StsPolicyFetchError,
    };

    public static DeliveryFailure Of(PlanFault fault, string subject) => fault switch
    {
        PlanFault.NullMx => Permanent("null-mx", new(5, 1, 10), TlsFailureType.None, $"{subject} does not accept mail (null MX)"),       // RFC 7505 §4.1
        PlanFault.NoSuchDomain => Permanent("no-domain", new(5, 1, 2), TlsFailureType.None, $"the domain {subject} does not exist"),      // RFC 3463 §3.2
        PlanFault.NoMailHost => Permanent("no-mail-host", new(5, 1, 2), TlsFailureType.None, $"{subject} has neither mail exchangers nor addresses"),
        PlanFault.NoAddress => Permanent("no-address", new(5, 4, 4), TlsFailureType.None, $"the mail exchanger {subject} has no address"),
        PlanFault.MtaStsMismatch => Transient("mta-sts-mismatch", new(4, 7, 5), TlsFailureType.ValidationFailure, $"the MTA-STS policy does not allow the host {subject}"),
        PlanFault.MoreHosts => Transient("host-limit", new(4, 4, 0), TlsFailureType.None, $"the hosts looked at were no help, and {subject} were not looked at"),
        PlanFault.MailLoop => Permanent("mail-loop", new(5, 4, 6), TlsFailureType.None, $"mail for {subject} would come back to this host"),  // RFC 3463 §3.5
        PlanFault.AttemptTimeout => Transient("attempt-timeout", new(4, 4, 1), TlsFailureType.None, $"no host of {subject} was ready in time"),
        PlanFault.TransferTimeout => Transient("transfer-timeout", new(4, 4, 2), TlsFailureType.None, $"{subject} did not take the message in time"),
        PlanFault.AddressFamily => Transient("address-family", new(4, 4, 4), TlsFailureType.None, $"{subject} has no address of the family that may be used"),
        PlanFault.DaneRequired => Transient("dane-required", new(4, 7, 5), TlsFailureType.None, $"DANE is demanded of {subject}, and no secure, usable TLSA record proves it"),
        PlanFault.DaneInsecureMx => Transient("dane-mx-insecure", new(4, 7, 5), TlsFailureType.None, $"DANE is demanded, and the MX records that name {subject} are not secure"),
        PlanFault.RelayNoAddress => Transient("relay-no-address", new(4, 4, 4), TlsFailureType.None, $"the relay {subject} has no address"),
        PlanFault.UnknownTransport => Transient("transport-unknown", new(4, 3, 5), TlsFailureType.None, $"the transport {subject} set on the message is not configured"),     // RFC 3463 §3.4
        PlanFault.DestinationBusy => Transient("destination-limit", new(4, 4, 5), TlsFailureType.None, $"mail for {subject} waits for its turn"),                                        // RFC 3463 §3.5
        PlanFault.AddressNotAllowed => Transient("address-not-allowed", new(4, 4, 4), TlsFailureType.None, $"every address of {subject} leads into a private network or this host, and is not dialed"),
        PlanFault.OwnAddress => Transient("own-address", new(4, 4, 6), TlsFailureType.None, $"{subject} has an address of this host: mail for it would come back"),
        PlanFault.HostCrowded => Transient("connection-limit", new(4, 4, 5), TlsFailureType.None, $"no further connection to {subject} may be made now"),
        PlanFault.LoginPaused => Transient("login-paused", new(4, 7, 0), TlsFailureType.None, $"the login at {subject} is tried for another message, or failed a moment ago, and is not tried again yet"),
        PlanFault.NothingTried => Transient("nothing-tried", new(4, 4, 0), TlsFailureType.None, $"no host of {subject} could be tried"),
        _ => throw new UnreachableException(),
    };

    public static DeliveryFailure Of(TransportDefinition.Fail fail) => fail.Code < 500
        ? Transient("transport-fail", fail.EffectiveStatus, TlsFailureType.None, fail.Text)
        : Permanent("transport-fail", fail.EffectiveStatus, TlsFailureType.None, fail.Text);

    /// <summary>The same said by a host that the operator named: what keeps a session from opening is between the two of them, and no word on the message.</summary>
    public static DeliveryFailure AtRelay(DeliveryFailure failure) => failure.Label.StartsWith("requiretls", StringComparison.Ordinal) || failure.Report != TlsFailureType.None
        ? failure
        : failure with { Disposition = Disposition.Transient, Status = failure.Status with { Class = 4 } };

    public static DeliveryFailure Of(RequireTlsRefusal refusal) => refusal.Gate switch
    {
        RequireTlsGate.VerifiedServerName => Permanent("requiretls-name", refusal.Refusal.Status, TlsFailureType.None, refusal.Refusal.Text),
        RequireTlsGate.ProtectedSession => Permanent("requiretls-clear", refusal.Refusal.Status, TlsFailureType.None, refusal.Refusal.Text),
        RequireTlsGate.AuthenticatedServer => Permanent("requiretls-unverified", refusal.Refusal.Status, TlsFailureType.None, refusal.Refusal.Text),
        RequireTlsGate.ServerSupport => Permanent("requiretls-support", refusal.Refusal.Status, TlsFailureType.None, refusal.Refusal.Text),
        _ => throw new UnreachableException(),
    };

    public static DeliveryFailure Of(DialFailure reason, string detail) => reason switch
    {
        DialFailure.Refused => Transient("connect-refused", new(4, 4, 1), TlsFailureType.None, $"no connection: {detail}"),
        DialFailure.Unreachable => Transient("connect-unreachable", new(4, 4, 1), TlsFailureType.None, $"no connection: {detail}"),
        DialFailure.Timeout => Transient("connect-timeout", new(4, 4, 1), TlsFailureType.None, $"no connection: {detail}"),
        DialFailure.Reset => Transient("connect-reset", new(4, 4, 1), TlsFailureType.None, $"no connection: {detail}"),
        DialFailure.Other => Transient("connect", new(4, 4, 1), TlsFailureType.None, $"no connection: {detail}"),
        // RFC 3463 §3.5: X.4.4, no way to the host; §3.4: X.3.5, this side is not set up right.
        DialFailure.NotAllowed => Transient("address-not-allowed", new(4, 4, 4), TlsFailureType.None, $"not dialed: {detail}"),
        DialFailure.ProxyUnreachable => Transient("proxy-unreachable", new(4, 4, 4), TlsFailureType.None, detail),
        DialFailure.ProxyTimeout => Transient("proxy-timeout", new(4, 4, 4), TlsFailureType.None, detail),
        DialFailure.ProxyClosed => Transient("proxy-closed", new(4, 4, 4), TlsFailureType.None, detail),
        DialFailure.ProxyFailed => Transient("proxy-failed", new(4, 4, 4), TlsFailureType.None, detail),
        DialFailure.ProxyUnassigned => Transient("proxy-unassigned", new(4, 4, 4), TlsFailureType.None, detail),
        DialFailure.ProxyRuleset => Transient("proxy-ruleset", new(4, 4, 4), TlsFailureType.None, detail),
        DialFailure.ProxyNoReply => Transient("proxy-no-reply", new(4, 4, 4), TlsFailureType.None, detail),
        DialFailure.ProxyProtocol => Transient("proxy-protocol", new(4, 3, 5), TlsFailureType.None, detail),
        DialFailure.ProxyNoMethod => Transient("proxy-no-method", new(4, 3, 5), TlsFailureType.None, detail),
        DialFailure.ProxyLoginRefused => Transient("proxy-login", new(4, 3, 5), TlsFailureType.None, detail),
        DialFailure.ProxyCommand => Transient("proxy-command", new(4, 3, 5), TlsFailureType.None, detail),
        DialFailure.ProxyRequestTimeout => Transient("proxy-request-timeout", new(4, 4, 1), TlsFailureType.None, detail),
        DialFailure.ProxyNetworkUnreachable => Transient("proxy-network-unreachable", new(4, 4, 1), TlsFailureType.None, detail),
        DialFailure.ProxyHostUnreachable => Transient("proxy-host-unreachable", new(4, 4, 1), TlsFailureType.None, detail),
        DialFailure.ProxyConnectionRefused => Transient("proxy-connection-refused", new(4, 4, 1), TlsFailureType.None, detail),
        DialFailure.ProxyTtlExpired => Transient("proxy-ttl-expired", new(4, 4, 1), TlsFailureType.None, detail),
        DialFailure.ProxyAddressType => Transient("proxy-address-type", new(4, 4, 1), TlsFailureType.None, detail),
        _ => throw new UnreachableException(),
    };

    public static DeliveryFailure Of(SessionFailure failure, TlsDemand demand) => failure.Kind switch
    {
        SessionFailureKind.GreetingRefused => Said("greeting-refused", failure, "refused the connection"),
        SessionFailureKind.HelloRefused => Said("hello-refused", failure, "refused EHLO"),
        SessionFailureKind.Refused421 => Said("closing", failure, "closed the session"),
        SessionFailureKind.StartTlsNotOffered => NoTls("starttls-not-offered", new(4, 7, 4), TlsFailureType.StartTlsNotSupported, failure, demand),
        SessionFailureKind.StartTlsRefused => NoTls("starttls-refused", new(4, 7, 4), TlsFailureType.StartTlsNotSupported, failure, demand),
        SessionFailureKind.TlsHandshake => NoTls("tls-handshake", new(4, 7, 5), TlsFailureType.ValidationFailure, failure, demand),
        SessionFailureKind.PeerRejected => NoTls("peer-rejected", new(4, 7, 5), ReportOf(failure.Verdict), failure, demand),
        SessionFailureKind.StartTlsInjection => Transient("starttls-injection", new(4, 7, 0), TlsFailureType.ValidationFailure, failure.Detail),
        SessionFailureKind.ConnectionLost => Transient("connection-lost", new(4, 4, 2), TlsFailureType.None, Staged(failure)),
        SessionFailureKind.Timeout => Transient("timeout", new(4, 4, 2), TlsFailureType.None, Staged(failure)),
        SessionFailureKind.ProtocolViolation => Transient("protocol", new(4, 5, 0), TlsFailureType.None, Staged(failure)),
        SessionFailureKind.NoMutualMechanism => Login("login-no-mechanism", new(4, 7, 0), failure),
        SessionFailureKind.CredentialsRefused => Login("login-credentials", new(4, 7, 8), failure),
        SessionFailureKind.AuthenticationUnavailable => Login("login-unavailable", new(4, 7, 0), failure),
        SessionFailureKind.PasswordTransitionNeeded => Login("login-transition", new(4, 7, 12), failure),
        SessionFailureKind.MechanismTooWeak => Login("login-too-weak", new(4, 7, 9), failure),
        SessionFailureKind.EncryptionRequired => Login("login-encryption", new(4, 7, 11), failure),
        SessionFailureKind.AuthenticationCommandRefused => Login("login-command", new(4, 5, 0), failure),
        SessionFailureKind.AuthenticationRefused => Login("login-refused", new(4, 7, 0), failure),
        SessionFailureKind.ServerNotAuthenticated => Login("login-server", new(4, 7, 0), failure),
        SessionFailureKind.TokenUnavailable => Login("login-token", new(4, 7, 0), failure),
        SessionFailureKind.AuthenticationAborted => Login("login-aborted", new(4, 7, 0), failure),
        SessionFailureKind.Unspecified => Transient("session", new(4, 4, 0), TlsFailureType.None, Staged(failure)),
        _ => throw new UnreachableException(),
    };

    /// <summary>What a recipient's outcome means when the recipient was not accepted.</summary>
    public static DeliveryFailure Of(RecipientOutcome outcome, SessionFailure? connection, TlsDemand demand)
    {
        // A reply that has no place where it came refuses nothing: what it did to the connection is the reason.
        if (outcome.Reply is { } reply && (connection is null || reply.IsTransient || reply.IsPermanent))
        {
            var said = $"{outcome.Detail} (in reply to {Name(outcome.Stage)})";
            return outcome.Outcome == DeliveryOutcome.Refused
                ? Permanent("reply-permanent", StatusOf(reply, 5), TlsFailureType.None, said)
                : Transient("reply-transient", StatusOf(reply, 4), TlsFailureType.None, said);
        }
        if (outcome.Local is { } local)
        {
            // Our own reason speaks of this host only; the agent goes on with the next one.
            var disposition = outcome.Outcome == DeliveryOutcome.Refused ? Disposition.Permanent : Disposition.Transient;
            return new DeliveryFailure("local", disposition, local.Status, TlsFailureType.None, local.Text);
        }
        return connection is null
            ? Transient("session", new(4, 4, 0), TlsFailureType.None, outcome.Detail)
            : Of(connection, demand);
    }

    /// <summary>The status a reply carries, made to agree with what its code, or our reading of it, says.</summary>
    public static EnhancedStatus StatusOf(SmtpReply reply, byte @class) =>
        reply.Status is { } status ? status with { Class = @class } : new EnhancedStatus(@class, 0, 0);

    /// <summary>The phrase for a point of a session.</summary>
    public static string Name(SmtpStage stage) => stage switch
    {
        SmtpStage.Local => "nothing sent",
        SmtpStage.Greeting => "the connection",
        SmtpStage.Hello => "EHLO",
        SmtpStage.StartTls => "STARTTLS",
        SmtpStage.TlsHandshake => "the TLS handshake",
        SmtpStage.Authentication => "AUTH",
        SmtpStage.Reset => "RSET",
        SmtpStage.Mail => "MAIL",
        SmtpStage.Recipient => "RCPT",
        SmtpStage.Data => "DATA",
        SmtpStage.EndOfData => "the message",
        SmtpStage.Idle => "nothing, between two messages",
        _ => throw new UnreachableException(),
    };

    public static TlsFailureType ReportOf(PeerVerdict? verdict) => verdict is PeerVerdict.Rejected(var reason, _)
        ? reason switch
        {
            // RFC 8460 §4.3.1: a certificate that does not keep to what the DANE or MTA-STS policy says.
            PeerRejection.NoTlsaMatch or PeerRejection.NameMismatch => TlsFailureType.CertificateHostMismatch,
            PeerRejection.Expired => TlsFailureType.CertificateExpired,
            PeerRejection.Untrusted or PeerRejection.NotYetValid or PeerRejection.WrongPurpose => TlsFailureType.CertificateNotTrusted,
            PeerRejection.NoCertificate or PeerRejection.Unspecified => TlsFailureType.ValidationFailure,
            _ => throw new UnreachableException(),
        }
        : TlsFailureType.ValidationFailure;

    private static DeliveryFailure Said(string label, SessionFailure failure, string what)
    {
        var text = $"the server {what}: {failure.Reply?.ToString() ?? failure.Detail}";
        return failure.Reply is { IsPermanent: true } refusal
            ? Permanent(label, StatusOf(refusal, 5), TlsFailureType.None, text)
            : Transient(label, failure.Reply is { } reply ? StatusOf(reply, 4) : new EnhancedStatus(4, 4, 2), TlsFailureType.None, text);
    }

    // RFC 8689 §4.2.1: a message that requires TLS is returned when no host gives it; any other waits for the host to be mended.
    private static DeliveryFailure NoTls(string label, EnhancedStatus status, TlsFailureType report, SessionFailure failure, TlsDemand demand) =>
        demand == TlsDemand.RequireTls
            ? Permanent(label, EncryptionNeeded, report, $"REQUIRETLS: {failure.Detail}")
            : Transient(label, status, report, failure.Detail);

    // A login that fails, whatever the code, is a matter between the operator and the server: the message waits until they have settled it (decision 0012).
    private static DeliveryFailure Login(string label, EnhancedStatus usual, SessionFailure failure) =>
        Transient(label, failure.Reply is { Status: not null } reply ? StatusOf(reply, 4) : usual, TlsFailureType.None, $"login: {failure.Detail}");

    private static string Staged(SessionFailure failure) => string.Create(CultureInfo.InvariantCulture, $"{failure.Detail} (at {Name(failure.Stage)})");

    private static DeliveryFailure Transient(string label, EnhancedStatus status, TlsFailureType report, string sentence) =>
        new(label, Disposition.Transient, status, report, Sentences.OneLine(sentence));

    private static DeliveryFailure Permanent(string label, EnhancedStatus status, TlsFailureType report, string sentence) =>
        new(label, Disposition.Permanent, status, report, Sentences.OneLine(sentence));
}
