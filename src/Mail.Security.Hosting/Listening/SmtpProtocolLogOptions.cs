using System.Net;
using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting;

/// <summary>
/// Whose sessions are written to the log line by line. Read at the start and again whenever the options change (<see cref="Microsoft.Extensions.Options.IOptionsMonitor{TOptions}"/>),
/// which holds for open sessions too.
/// </summary>
public sealed class SmtpProtocolLogOptions
{
    /// <summary>The clients, by address or prefix; see <see cref="SmtpProtocolLog.Sources"/>. Default: none.</summary>
    public IList<IPNetwork> Sources { get; } = [];
}
