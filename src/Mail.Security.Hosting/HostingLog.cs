using System.Net;
using System.Net.Sockets;
using Mail.Security.Dnssec;
using Mail.Security.Queue;
using Mail.Security.SmtpServer;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Hosting;

/// <summary>Every log line of the package. Message content is never among them.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1800, LogLevel.Information, "Listening for SMTP on {EndPoint} ({TlsStart}, TLS {Requirement})")]
    public static partial void Listening(ILogger logger, EndPoint endPoint, TlsStart tlsStart, string requirement);

    [LoggerMessage(1801, LogLevel.Information, "SMTP listeners stop; {Sessions} sessions are open")]
    public static partial void ListenersStopping(ILogger logger, int sessions);

    [LoggerMessage(1802, LogLevel.Warning, "Connection from {Remote} turned away: {Verdict}; {Unsaid} more since the last such line")]
    public static partial void ConnectionRefused(ILogger logger, EndPoint? remote, ConnectionVerdict verdict, long unsaid);

    [LoggerMessage(1803, LogLevel.Warning, "The time to stop is over; {Sessions} SMTP sessions are broken off")]
    public static partial void AbortingSessions(ILogger logger, int sessions);

    [LoggerMessage(1804, LogLevel.Error, "The SMTP session from {Remote} ended in an exception")]
    public static partial void SessionFaulted(ILogger logger, EndPoint? remote, Exception fault);

    [LoggerMessage(1805, LogLevel.Error, "A connection to {EndPoint} could not be accepted; the next attempt is made in {Pause}")]
    public static partial void AcceptFailed(ILogger logger, EndPoint endPoint, TimeSpan pause, Exception fault);

    [LoggerMessage(1820, LogLevel.Debug, "A connection to {EndPoint} was lost before it was accepted: {Error}")]
    public static partial void ConnectionLostInQueue(ILogger logger, EndPoint endPoint, SocketError error);

    [LoggerMessage(1806, LogLevel.Information, "Message {Message} queued from session {Session}: sender <{Sender}>, {Recipients} recipients, {Size} bytes, demand {Demand}")]
    public static partial void Queued(ILogger logger, long message, string session, MailPath sender, int recipients, long size, TlsDemand demand);

    [LoggerMessage(1807, LogLevel.Error, "SMTP session {Session}: the message was not queued ({Reason}): {Detail}")]
    public static partial void NotQueued(ILogger logger, string session, StoreFailure reason, string detail);

    [LoggerMessage(1808, LogLevel.Warning, "SMTP session {Session}: message refused, it has {Count} Received fields")]
    public static partial void LoopDetected(ILogger logger, string session, int count);

    [LoggerMessage(1809, LogLevel.Error, "SMTP session {Session}: the message cannot be held in {Folder}: {Detail}")]
    public static partial void SpoolFailed(ILogger logger, string session, string folder, string detail);

    [LoggerMessage(1810, LogLevel.Information, "SMTP session {Session} from {Remote}: recipient <{Recipient}> refused with {Status}")]
    public static partial void RecipientRefused(ILogger logger, string session, IPAddress? remote, MailPath recipient, EnhancedStatus status);

    [LoggerMessage(1812, LogLevel.Warning, "At most {Most} connections at a time instead of {Configured}: this process may not open files enough for more (ulimit -n)")]
    public static partial void ConnectionsBounded(ILogger logger, int most, int configured);

    [LoggerMessage(1813, LogLevel.Information, "SMTP sessions written line by line: {Sources}")]
    public static partial void ProtocolLogChanged(ILogger logger, string sources);

    [LoggerMessage(1814, LogLevel.Warning, "Login from {Remote} turned away: {Verdict}; {Unsaid} more since the last such line")]
    public static partial void LoginRefused(ILogger logger, EndPoint? remote, LoginVerdict verdict, long unsaid);

    [LoggerMessage(1815, LogLevel.Error, "A connection to {EndPoint} was accepted and could not be served; it is closed")]
    public static partial void ConnectionNotBegun(ILogger logger, EndPoint endPoint, Exception fault);

    [LoggerMessage(1811, LogLevel.Information, "Resolver: {Path}")]
    public static partial void Resolver(ILogger logger, ResolverPath path);

    [LoggerMessage(1816, LogLevel.Information, "DNS server {Probe}")]
    public static partial void ServerCapable(ILogger logger, ServerProbe probe);

    [LoggerMessage(1817, LogLevel.Warning, "DNS server {Probe}")]
    public static partial void ServerNotCapable(ILogger logger, ServerProbe probe);

    [LoggerMessage(1818, LogLevel.Warning, "Trust anchor {Change}")]
    public static partial void TrustAnchorChanged(ILogger logger, TrustAnchorChange change);

    [LoggerMessage(1819, LogLevel.Warning, "The keys of the trust anchors were not followed: {Detail}")]
    public static partial void TrustAnchorsNotSeen(ILogger logger, string detail);

    [LoggerMessage(1821, LogLevel.Warning, "DNS answers at or below {Anchor} are not validated (negative trust anchor): DANE never applies there, and anybody on the path may forge them")]
    public static partial void NotValidated(ILogger logger, NegativeTrustAnchor anchor);

    [LoggerMessage(1822, LogLevel.Warning, "The negative trust anchor for {Anchor} has ended and has no effect: take it out of the configuration")]
    public static partial void NegativeAnchorEnded(ILogger logger, NegativeTrustAnchor anchor);

    [LoggerMessage(1830, LogLevel.Warning, "Mail is answered 452: {Held} of {Most} bytes are held for messages that arrive; {Unsaid} more since the last such line")]
    public static partial void NoRoomForMail(ILogger logger, long held, long most, long unsaid);

    [LoggerMessage(1831, LogLevel.Information, "Certificate {Subject} of {File} in force until {NotAfter:O} for {Names}. TLSA data: {Tlsa}")]
    public static partial void CertificateInForce(ILogger logger, string subject, string file, DateTimeOffset notAfter, string names, string tlsa);

    [LoggerMessage(1832, LogLevel.Warning, "Certificate of {File} not taken ({Fault}): {Detail}. The one valid until {NotAfter:O} stays in force")]
    public static partial void CertificateNotTaken(ILogger logger, string file, CertificateFault fault, string detail, DateTimeOffset notAfter);

    [LoggerMessage(1833, LogLevel.Warning, "The key of {File} is another than before: TLSA records \"{Former}\" match no more. Publish {Publish} and let the former expire; DANE senders wait until then")]
    public static partial void KeyChanged(ILogger logger, string file, string former, string publish);

    [LoggerMessage(1834, LogLevel.Information, "Certificates were looked at as asked: {Changed} of {Files} changed")]
    public static partial void CertificatesLookedAt(ILogger logger, int changed, int files);

    [LoggerMessage(1835, LogLevel.Warning, "Certificate of {File} is used though it is not valid now ({Fault}): {Detail}")]
    public static partial void CertificateUsedAnyway(ILogger logger, string file, CertificateFault fault, string detail);

    [LoggerMessage(1836, LogLevel.Error, "Looking at the certificates ended in an exception; they are looked at again")]
    public static partial void CertificateCheckFaulted(ILogger logger, Exception fault);

    [LoggerMessage(1837, LogLevel.Information, "Certificate of {File} cannot be used as it is now ({Fault}), as when it is being written; it is looked at again in {Pause}")]
    public static partial void CertificateInDoubt(ILogger logger, string file, CertificateFault fault, TimeSpan pause);

    [LoggerMessage(1840, LogLevel.Information, "Routes in force: transports {Transports}; {Routes} routes; {Destinations} destination policies")]
    public static partial void RoutesInForce(ILogger logger, string transports, int routes, int destinations);

    [LoggerMessage(1841, LogLevel.Error, "The changed routes are not used, those of before stay in force: {Problems}")]
    public static partial void RoutesNotTaken(ILogger logger, string problems);
}
