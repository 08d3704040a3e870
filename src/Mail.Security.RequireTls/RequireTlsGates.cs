using Mail.Security.Smtp;

namespace Mail.Security.RequireTls;

/// <summary>The conditions under which a client may send a message that requires TLS (RFC 8689 §4.2.1). Pure decisions.</summary>
/// <remarks>
/// A shut gate speaks of one server only: go on with the next host. When none is left the message must not be sent, and the sender gets
/// a report with the status of the refusal.
/// </remarks>
public static class RequireTlsGates
{
    /// <summary>The gate before dialing: can the server's name be believed (RFC 8689 §2; §4.2.1, step 2)?</summary>
    /// <param name="proof">What proves the name.</param>
    /// <returns>The refusal, 5.7.10, or null when the gate is open.</returns>
    public static RequireTlsRefusal? CheckServerName(ServerNameProof proof) => proof is ServerNameProof.Dnssec or ServerNameProof.MtaSts or ServerNameProof.NoMxLookup
        ? null
        : new RequireTlsRefusal(RequireTlsGate.VerifiedServerName, EncryptionNeeded("Encryption needed: neither DNSSEC nor MTA-STS vouches for the server's name"));

    /// <summary>The gates of the session: TLS in use, server authenticated, REQUIRETLS announced (RFC 8689 §4.2.1, steps 4 and 5).</summary>
    /// <param name="security">What protects the session.</param>
    /// <param name="peer">What the server announced inside TLS.</param>
    /// <param name="reversePath">
    /// The reverse-path of the message. With the null path the message is a report, and a server without REQUIRETLS is no reason to
    /// lose it; it is still protected like the message it is about (RFC 8689 §5).
    /// </param>
    /// <returns>The refusal of the first gate that is shut, or null when all are open.</returns>
    public static RequireTlsRefusal? Check(ChannelSecurity security, EhloCapabilities peer, MailPath reversePath)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return security switch
        {
            ChannelSecurity.Authenticated when peer.RequireTls || reversePath.IsNull => null,
            ChannelSecurity.Authenticated =>
                new RequireTlsRefusal(RequireTlsGate.ServerSupport, new SmtpRefusal(550, new EnhancedStatus(5, 7, 30), "REQUIRETLS support required")),
            ChannelSecurity.Encrypted =>
                new RequireTlsRefusal(RequireTlsGate.AuthenticatedServer, EncryptionNeeded("Encryption needed: the server's certificate was not verified")),
            _ => new RequireTlsRefusal(RequireTlsGate.ProtectedSession, EncryptionNeeded("Encryption needed: no TLS-protected session")),
        };
    }

    // RFC 5248 §2.4: X.7.10 goes with 523.
    internal static SmtpRefusal EncryptionNeeded(string text) => new(523, new EnhancedStatus(5, 7, 10), text);
}
