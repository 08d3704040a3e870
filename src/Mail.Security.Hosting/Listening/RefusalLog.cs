using System.Net;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Hosting;

/// <summary>Logs refused connections: the first at once, and then one line a minute for each limit. A flood of connections is no flood of lines.</summary>
internal sealed class RefusalLog(TimeProvider time, ILogger logger)
{
    private readonly LogWindow[] _windows = [.. Enum.GetValues<ConnectionVerdict>().Select(_ => new LogWindow(time))];

    public void Write(EndPoint? client, ConnectionVerdict verdict)
    {
        if (_windows[(int)verdict].Opens(out var unsaid))
            HostingLog.ConnectionRefused(logger, client, verdict, unsaid);
    }
}
