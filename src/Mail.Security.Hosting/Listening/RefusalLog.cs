using System.Net;

namespace Mail.Security.Hosting;

/// <summary>Logs whom a limit turned away: the first at once, and then one line a minute for each limit. A flood of clients is no flood of lines.</summary>
/// <typeparam name="TVerdict">The limits.</typeparam>
/// <param name="time">The clock.</param>
/// <param name="write">Writes a line, with how many were not written since the last one.</param>
internal sealed class RefusalLog<TVerdict>(TimeProvider time, Action<EndPoint?, TVerdict, long> write)
    where TVerdict : struct, Enum
{
    private readonly Dictionary<TVerdict, LogWindow> _windows = Enum.GetValues<TVerdict>().ToDictionary(verdict => verdict, _ => new LogWindow(time));

    public void Write(EndPoint? client, TVerdict verdict)
    {
        if (_windows[verdict].Opens(out var unsaid))
            write(client, verdict, unsaid);
    }
}
