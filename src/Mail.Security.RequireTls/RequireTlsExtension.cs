using Mail.Security.Smtp;

namespace Mail.Security.RequireTls;

/// <summary>
/// The REQUIRETLS service extension for both ends (RFC 8689 §2). Give it to a server session and to a client session as one of their
/// extensions; one object serves all connections.
/// </summary>
/// <remarks>
/// <para>Server: the keyword is announced inside TLS only; MAIL with REQUIRETLS tags the envelope (RFC 8689 §4.1), and is refused in the
/// clear, where it was never offered, and with a value, which it does not have.</para>
/// <para>Client: an envelope with <see cref="TlsDemand.RequireTls"/> goes out with the parameter and only when every gate of
/// <see cref="RequireTlsGates"/> is open. Whether the server's name was trustworthy is decided earlier, by whoever chose the
/// server: see <see cref="RequireTlsGates.CheckServerName"/>.</para>
/// </remarks>
public sealed class RequireTlsExtension : SmtpExtension
{
    /// <inheritdoc/>
    public override string Keyword => "REQUIRETLS";

    /// <summary>Server: "REQUIRETLS" inside TLS, null in the clear (RFC 8689 §2).</summary>
    public override string? GetEhloLine(SmtpChannel channel) => UsesTls(channel) ? Keyword : null;

    /// <summary>
    /// Server: takes REQUIRETLS. Refused with 501 5.5.4 when it has a value, and with 523 5.7.10 in the clear (RFC 8689 §2;
    /// the pair is that of the status code registry, RFC 5248 §2.4).
    /// </summary>
    /// <inheritdoc/>
    public override SmtpParameterHandling OnMailParameter(SmtpChannel channel, SmtpParameter parameter, SmtpEnvelopeBuilder envelope, out SmtpRefusal refusal)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        refusal = default;
        if (!parameter.Is("REQUIRETLS"u8))
            return SmtpParameterHandling.NotMine;

        if (parameter.HasValue)
            refusal = new SmtpRefusal(501, new EnhancedStatus(5, 5, 4), "REQUIRETLS takes no value");
        else if (!UsesTls(channel))
            refusal = RequireTlsGates.EncryptionNeeded("Encryption needed: use STARTTLS before REQUIRETLS");
        else
            envelope.TlsDemand = TlsDemand.RequireTls;
        return refusal == default ? SmtpParameterHandling.Accepted : SmtpParameterHandling.Refused;
    }

    /// <summary>Client: adds REQUIRETLS to an envelope that demands it, or refuses to send it here (RFC 8689 §4.2.1).</summary>
    /// <inheritdoc/>
    /// <remarks>
    /// A report, that is an envelope with the null reverse-path, also goes to a server without REQUIRETLS, and then without the
    /// parameter; it needs the authenticated session all the same (RFC 8689 §5).
    /// </remarks>
    public override SmtpClientGate PrepareMail(SmtpChannel channel, EhloCapabilities peer, SmtpEnvelope envelope, SmtpParameterList mailParameters)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(mailParameters);
        if (envelope.TlsDemand != TlsDemand.RequireTls)
            return SmtpClientGate.Proceed.Instance;
        if (RequireTlsGates.Check(channel.Security, peer, envelope.ReversePath) is { } refusal)
            return new SmtpClientGate.Refuse(refusal.Refusal);

        if (peer.RequireTls)
            mailParameters.Add(Keyword);
        return SmtpClientGate.Proceed.Instance;
    }

    private static bool UsesTls(SmtpChannel channel) => channel.Security is ChannelSecurity.Encrypted or ChannelSecurity.Authenticated;
}
