using System.Security.Cryptography.X509Certificates;
using Mail.Security.Sasl;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>Logs a session in (RFC 4954), after its last EHLO: by the strongest mechanism both sides have.</summary>
/// <remarks>
/// A server that announces a mechanism and then does not know it (504) is asked for the next one. Nothing else is tried twice: a password that was refused once is refused again,
/// and a second try counts against the account.
/// </remarks>
internal sealed class Authenticator(SmtpConnection connection, SmtpSessionSettings settings, TimeProvider time)
{
    /// <summary>The mechanism that succeeded; null before.</summary>
    public string? Mechanism { get; private set; }

    /// <summary>Logs in; null when that succeeded.</summary>
    public async ValueTask<SessionFailure?> RunAsync(EhloCapabilities capabilities, TlsSession? tls, CancellationToken cancellationToken)
    {
        var authentication = settings.Authentication!;
        var channel = Channel(tls);
        var offered = capabilities.AuthMechanisms.ToList();
        SessionFailure? refusal = null;
        while (authentication.Selector.Select(authentication.Credentials, offered, channel) is SaslSelection.Selected(var client))
        {
            using (client)
            {
                refusal = await new Login(connection, settings, time, client).RunAsync(cancellationToken).ConfigureAwait(false);
                if (refusal is null)
                    Mechanism = client.Mechanism;
                if (refusal is not { Reply.Code: 504, Kind: SessionFailureKind.AuthenticationCommandRefused })
                    return refusal;
                offered.RemoveAll(name => string.Equals(name, client.Mechanism, StringComparison.OrdinalIgnoreCase));
            }
        }
        return refusal ?? Nothing(authentication.Selector.Select(authentication.Credentials, offered, channel), capabilities);
    }

    private static SessionFailure Nothing(SaslSelection selection, EhloCapabilities capabilities) =>
        new(SessionFailureKind.NoMutualMechanism, SmtpStage.Authentication, null, null, capabilities.Has("AUTH") ? selection.ToString() : "The server offers no authentication.");

    private SaslClientChannel Channel(TlsSession? tls) => new(
        tls switch
        {
            null => SaslProtection.None,
            { Verdict: PeerVerdict.Authenticated } => SaslProtection.Verified,
            _ => SaslProtection.Encrypted,
        },
        Binding())
    {
        Host = settings.ServerName?.Ascii ?? string.Empty,
    };

    // RFC 5929 §4: of the bindings the one SslStream lets us make. Without a certificate, or with one that gives none, there is no -PLUS.
    private ChannelBinding? Binding()
    {
        if (connection.Tls?.RemoteCertificate is not X509Certificate2 certificate)
            return null;
        return ChannelBinding.TryFromServerCertificate(certificate, out var binding, out _) ? binding : null;
    }
}
