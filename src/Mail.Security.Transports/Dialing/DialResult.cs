using System.Net;

namespace Mail.Security.Transports;

/// <summary>What became of a connection attempt.</summary>
public abstract record DialResult
{
    private protected DialResult()
    {
    }

    /// <summary>The connection stands.</summary>
    /// <param name="Stream">The connection; the receiver of this result owns it.</param>
    /// <param name="Local">The address used on this side; null when the dialer cannot know it.</param>
    /// <param name="Remote">The address that was dialed.</param>
    public sealed record Connected(Stream Stream, IPEndPoint? Local, IPEndPoint Remote) : DialResult;

    /// <summary>There is no connection. The server may be reachable later or at another address.</summary>
    /// <param name="Reason">The reason by which failures are counted.</param>
    /// <param name="Detail">The same in a few words, for people.</param>
    public sealed record Failed(DialFailure Reason, string Detail) : DialResult;
}
