using System.Globalization;
using System.Security.Authentication;
using System.Text.RegularExpressions;

namespace Mail.Security.SmtpServer;

/// <summary>Why a handshake failed, as a label.</summary>
internal enum HandshakeFault : byte
{
    /// <summary>None of the others, or the platform does not tell.</summary>
    Other = 0,

    /// <summary>It took too long.</summary>
    Timeout,

    /// <summary>The client closed or broke the connection.</summary>
    Closed,

    /// <summary>The client speaks no TLS version from 1.2 on.</summary>
    Version,

    /// <summary>No cipher suite, group or signature in common.</summary>
    NothingShared,

    /// <summary>The client gave up with an alert: mostly that it does not believe the certificate.</summary>
    Alert,

    /// <summary>What came is no TLS.</summary>
    NotTls,
}

/// <summary>Reads the reason out of what <see cref="System.Net.Security.SslStream"/> throws.</summary>
internal static partial class HandshakeFaults
{
    private const int ReasonBits = 0x7FFFFF;        // ERR_GET_REASON of OpenSSL 3
    private const int FirstAlert = 1000;            // SSL_AD_REASON_OFFSET
    private const int LastAlert = FirstAlert + 255;

    public static HandshakeFault Of(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (OpenSslError().Match(cause.Message) is { Success: true, Groups: [_, var code] })
                return OfReason(int.Parse(code.ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & ReasonBits);
        }
        return exception switch
        {
            IOException => HandshakeFault.Closed,
            AuthenticationException { InnerException: null } => HandshakeFault.NotTls,      // a frame that is none
            _ => HandshakeFault.Other,
        };
    }

    /// <summary>The label of a fault.</summary>
    public static string ToLabel(this HandshakeFault fault) => fault switch
    {
        HandshakeFault.Timeout => "timeout",
        HandshakeFault.Closed => "closed",
        HandshakeFault.Version => "version",
        HandshakeFault.NothingShared => "nothing-shared",
        HandshakeFault.Alert => "alert",
        HandshakeFault.NotTls => "not-tls",
        _ => "other",
    };

    // The SSL_R_ numbers of OpenSSL's sslerr.h, which do not change.
    private static HandshakeFault OfReason(int reason) => reason switch
    {
        258 or 266 or 396 or 191 => HandshakeFault.Version,             // unsupported protocol, wrong ssl version, version too low, no protocols available
        193 or 101 or 118 or 410 => HandshakeFault.NothingShared,       // no shared cipher, suitable key share, suitable signature algorithm, shared groups
        267 or 156 or 155 => HandshakeFault.NotTls,                     // wrong version number, HTTP request, HTTPS proxy request
        294 or 286 => HandshakeFault.Closed,                            // unexpected end of file, unexpected shutdown
        >= FirstAlert and <= LastAlert => HandshakeFault.Alert,
        _ => HandshakeFault.Other,
    };

    [GeneratedRegex("error:([0-9A-F]{8}):", RegexOptions.CultureInvariant)]
    private static partial Regex OpenSslError();
}
