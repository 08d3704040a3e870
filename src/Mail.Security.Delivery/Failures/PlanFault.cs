namespace Mail.Security.Delivery;

/// <summary>What can be wrong with a way to a domain before anything is dialed, found by the planner itself.</summary>
internal enum PlanFault : byte
{
    /// <summary>The domain accepts no mail (RFC 7505 §3).</summary>
    NullMx = 0,

    /// <summary>The domain does not exist.</summary>
    NoSuchDomain,

    /// <summary>The domain has neither mail exchangers nor addresses.</summary>
    NoMailHost,

    /// <summary>A mail exchanger has no address.</summary>
    NoAddress,

    /// <summary>The MTA-STS policy in mode enforce does not name the host (RFC 8461 §4.1).</summary>
    MtaStsMismatch,

    /// <summary>The plan ended without a host.</summary>
    NothingTried,

    /// <summary>There are more hosts than one attempt looks at (<see cref="DeliveryOptions.MaxHosts"/>).</summary>
    MoreHosts,

    /// <summary>The best host is this one (RFC 5321 §5.1).</summary>
    MailLoop,

    /// <summary>The time to find a host was over (<see cref="DeliveryOptions.AttemptTimeout"/>).</summary>
    AttemptTimeout,

    /// <summary>The time to hand over the message was over (<see cref="DeliveryOptions.TransferTimeout"/>).</summary>
    TransferTimeout,

    /// <summary>The host has no address of the families that may be used.</summary>
    AddressFamily,

    /// <summary>The operator demands DANE (<see cref="DestinationPolicy.Dane"/>), and the host has no TLSA records that prove it.</summary>
    DaneRequired,

    /// <summary>The operator demands DANE (<see cref="DestinationPolicy.Dane"/>), and the MX records that name the host are not secure (RFC 7672 §2.2.1).</summary>
    DaneInsecureMx,

    /// <summary>A host that the operator named has no address.</summary>
    RelayNoAddress,

    /// <summary>The message names a transport that is not there any more.</summary>
    UnknownTransport,

    /// <summary>The destination has as many attempts running, or had as many messages, as the operator allows (<see cref="DestinationPolicy"/>).</summary>
    DestinationBusy,

    /// <summary>No address of the host is one that mail is sent to (<see cref="DeliveryOptions.Vetting"/>).</summary>
    AddressNotAllowed,

    /// <summary>An address of the host is one of this host's interfaces.</summary>
    OwnAddress,

    /// <summary>All connections that may be made to the host, or in all, are in use (<see cref="Transports.SmtpSessionPoolOptions"/>).</summary>
    HostCrowded,

    /// <summary>The login at a submission server failed a moment ago, or is tried for the first time just now (<see cref="DeliveryOptions.LoginPause"/>).</summary>
    LoginPaused,
}
