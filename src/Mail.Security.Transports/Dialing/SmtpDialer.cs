using System.Net;

namespace Mail.Security.Transports;

/// <summary>Opens the byte stream an SMTP session runs on.</summary>
/// <remarks>The seam for proxies and tests: a session does not know how its stream came to be.</remarks>
public abstract class SmtpDialer
{
    /// <summary>Connects to an address.</summary>
    /// <param name="endpoint">The address and port of the server.</param>
    /// <param name="cancellationToken">Gives up early; the only way this method throws for other reasons than misuse.</param>
    /// <returns><see cref="DialResult.Connected"/>, whose stream the caller owns, or <see cref="DialResult.Failed"/>.</returns>
    public abstract ValueTask<DialResult> DialAsync(IPEndPoint endpoint, CancellationToken cancellationToken = default);
}
