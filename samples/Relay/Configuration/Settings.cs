namespace Relay.Configuration;

/// <summary>Every setting there is. A key that is not here is refused.</summary>
internal static class Settings
{
    public static readonly Setting HostName = new("HostName", "", "The relay's own name in greetings, EHLO, Received fields and notices; empty takes the machine's name");
    public static readonly Setting Database = new("Database", "relay.db", "The SQLite file of the queue, of MTA-STS policies and of what else is remembered; its folder must exist");
    public static readonly Setting MaxDatabaseSize = new("MaxDatabaseSize", "", "The size in bytes beyond which the database does not grow and mail is answered 452; empty leaves it to the disk");
    public static readonly Setting MinFreeSpace = new("MinFreeSpace", "67108864", "The free bytes on the disk of the database below which mail is answered 452, so that the queue can still empty itself; 0 keeps none");
    public static readonly Setting Smtp = new("Smtp", "127.0.0.1:2525", "Addresses and ports for SMTP, TLS by STARTTLS and not required");
    public static readonly Setting Submission = new("Submission", "127.0.0.1:2587", "Addresses and ports for submission, STARTTLS required");
    public static readonly Setting SubmissionTls = new("SubmissionTls", "", "Addresses and ports for submission with TLS from the start");
    public static readonly Setting Credentials = new("Credentials", "", "The file of accounts: with it submission takes mail only from clients that log in by AUTH, which may then send to any domain; empty offers no AUTH");
    public static readonly Setting Certificate = new("Certificate", "", "PEM file with the server's certificate and those of its issuers; empty makes a self-signed one at each start");
    public static readonly Setting CertificateKey = new("CertificateKey", "", "PEM file with the certificate's private key; empty looks for it in the file of the certificate");
    public static readonly Setting MoreCertificates = new("MoreCertificates", "", "Further PEM files, for clients that ask for their names (SNI), each with its key inside or as file=keyfile");
    public static readonly Setting CertificateInterval = new("CertificateInterval", "1m", "How often certificate files are looked at, 1s to 1d; SIGHUP has them looked at at once");
    public static readonly Setting Networks = new("Networks", "127.0.0.0/8, ::1/128", "The networks whose clients may send to any domain");
    public static readonly Setting Postmaster = new("Postmaster", "", "The address that gets mail to <Postmaster>, from any client; empty refuses such mail");
    public static readonly Setting MaxMessageSize = new("MaxMessageSize", "52428800", "The largest message in bytes");
    public static readonly Setting BareLineEnds = new("BareLineEnds", "Refuse", "A bare CR or LF in a message: Refuse the message, or Normalise it to CRLF");
    public static readonly Setting MaxConnections = new("MaxConnections", "1000", "The most connections of clients at a time");
    public static readonly Setting MaxConnectionsPerAddress = new("MaxConnectionsPerAddress", "50", "The most connections at a time from one address (IPv6: from one /64)");
    public static readonly Setting MaxConnectionsPerNetwork = new("MaxConnectionsPerNetwork", "", "The most connections at a time from one network (IPv4: /24, IPv6: /48); empty takes four times MaxConnectionsPerAddress");
    public static readonly Setting MaxConnectionRate = new("MaxConnectionRate", "0", "The most connections that one address may begin in a minute; 0 for no limit");
    public static readonly Setting MaxFailedLogins = new("MaxFailedLogins", "100", "How many logins from one address (IPv6: from one /64) may fail in an hour before its AUTH is answered 454, loopback excepted; 0 for no limit");
    public static readonly Setting MaxFailedLoginsPerNetwork = new("MaxFailedLoginsPerNetwork", "", "The same for one network (IPv4: /24, IPv6: /48); empty takes four times MaxFailedLogins, 0 is no limit");
    public static readonly Setting MaxHeldMail = new("MaxHeldMail", "1073741824", "The most bytes of mail that are held while they arrive, over all connections, at least 1 MiB; 0 for no limit");
    public static readonly Setting Resolver = new("Resolver", "", "Addresses and ports of validating DNS resolvers; empty asks those of /etc/resolv.conf");
    public static readonly Setting ResolverTrust = new("ResolverTrust", "Auto", "Whether the AD bit of the resolvers is believed: Auto (on loopback, or when resolv.conf says trust-ad), Trust or Distrust");
    public static readonly Setting ResolverMode = new("ResolverMode", "Auto", "Where the security of DNS answers comes from: AdBit (the AD bit of the resolvers), Validate (validation here) or Auto (the AD bit where it is believed, validation here elsewhere)");
    public static readonly Setting TrustAnchor = new("TrustAnchor", "", "The file of DS or DNSKEY records from which answers are validated, in the form of zone files; empty takes the keys of the root that come with the program");
    public static readonly Setting NegativeTrustAnchors = new("NegativeTrustAnchors", "", "Names at and below which DNS answers are not validated here, each with an optional day on which that ends, as corp.example=2027-01-31: DANE never applies to them; empty for none");
    public static readonly Setting TrustAnchorStore = new("TrustAnchorStore", "", "Where changes of the trust anchors' keys are followed (RFC 5011), where answers are validated here: the word Database for the relay's own, or a file whose folder must exist; empty keeps to the configured keys");
    public static readonly Setting ExtraRoots = new("ExtraRoots", "", "PEM file with root certificates to trust besides those of the system");
    public static readonly Setting InsecureMx = new("InsecureMx", "Opportunistic", "DANE for hosts behind an insecure MX lookup: Opportunistic (none) or Dane, which does not satisfy a destination's demand for DANE (RFC 7672 §2.2.1)");
    public static readonly Setting DeliveryNetworks = new("DeliveryNetworks", "", "Networks in which mail exchangers are dialed although their addresses are private, of loopback or this host's own; empty for none");
    public static readonly Setting DeliveryPort = new("DeliveryPort", "25", "The port of mail exchangers; anything but 25 is for laboratories");
    public static readonly Setting MtaStsPort = new("MtaStsPort", "443", "The port of MTA-STS policy hosts; anything but 443 is for laboratories");
    public static readonly Setting MaxDeliveries = new("MaxDeliveries", "20", "How many deliveries run at a time, each to another domain");
    public static readonly Setting PublicAddresses = new("PublicAddresses", "", "For dnscheck: the addresses from which other hosts see the relay; empty takes the source addresses of transports");
    public static readonly Setting SenderDomains = new("SenderDomains", "", "For dnscheck: the domains in whose name mail is sent");
    public static readonly Setting MaxSessions = new("MaxSessions", "500", "The most connections to other servers at a time, those in use and those kept for the next message");
    public static readonly Setting MaxHostSessions = new("MaxHostSessions", "10", "The same for one server and port");
    public static readonly Setting MaxSessionMessages = new("MaxSessionMessages", "100", "The most messages sent over one connection; 1 opens one for each message");
    public static readonly Setting SessionIdleTime = new("SessionIdleTime", "30s", "How long a connection is kept for the next message, at most 1d");
    public static readonly Setting SessionMaxAge = new("SessionMaxAge", "5m", "How long after its opening, and so after the server was verified, a connection takes another message, at most 1d");
    public static readonly Setting SessionWaitTime = new("SessionWaitTime", "5s", "How long a delivery waits for a connection when as many are in use as may be, at most 1h");
    public static readonly Setting RetryDelays = new("RetryDelays", "15m, 30m, 1h, 2h, 4h", "The pauses between attempts; the last one repeats");
    public static readonly Setting RetryLifetime = new("RetryLifetime", "5d", "When a message is given up, counted from its acceptance");
    public static readonly Setting RetryNotice = new("RetryNotice", "4h", "When the sender is told of a delay; never turns it off");
    public static readonly Setting RetryJitter = new("RetryJitter", "0.1", "By which part a pause may vary, 0 to 0.5");
    public static readonly Setting Lease = new("Lease", "2m", "How long work stays reserved for a relay that died, 1s to 1d");
    public static readonly Setting StopTimeout = new("StopTimeout", "30s", "How long a stop waits for open sessions and running deliveries, at most 1h");
    public static readonly Setting Explain = new("Explain", "All", "Whether the explanation of each attempt is logged: All or None; waiting messages keep theirs in the database");
    public static readonly Setting ProtocolLog = new("ProtocolLog", "", "The addresses and networks of clients whose sessions are logged line by line; in a file it may be changed while the relay runs");
    public static readonly Setting LogLevel = new("LogLevel", "Information", "The least level that is logged: Trace, Debug, Information, Warning, Error, Critical or None");
    public static readonly Setting LogFormat = new("LogFormat", "Text", "How log lines are written: Text or Json");

    public static IReadOnlyList<Setting> All { get; } =
    [
        HostName, Database, MaxDatabaseSize, MinFreeSpace, Smtp, Submission, SubmissionTls, Credentials, Certificate, CertificateKey, MoreCertificates, CertificateInterval, Networks, Postmaster, MaxMessageSize, BareLineEnds, MaxConnections,
        MaxConnectionsPerAddress, MaxConnectionsPerNetwork, MaxConnectionRate, MaxFailedLogins, MaxFailedLoginsPerNetwork, MaxHeldMail, Resolver, ResolverTrust, ResolverMode, TrustAnchor, NegativeTrustAnchors, TrustAnchorStore, ExtraRoots, InsecureMx, DeliveryNetworks, DeliveryPort, MtaStsPort, MaxDeliveries, PublicAddresses, SenderDomains, MaxSessions, MaxHostSessions,
        MaxSessionMessages, SessionIdleTime, SessionMaxAge, SessionWaitTime, RetryDelays,
        RetryLifetime, RetryNotice, RetryJitter, Lease, StopTimeout, Explain, ProtocolLog, LogLevel, LogFormat,
    ];
}
