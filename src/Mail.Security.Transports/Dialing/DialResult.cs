using System.Net;

namespace Mail.Security.Transports;

/// <summary>What became of a connection attempt.</summary>
public abstract record DialResult
{
    private protected DialResult()
    {
    }

    /// <summary>The configured name of the proxy the attempt went through; null for none.</summary>
    public string? Via { get; init; }

    /// <summary>The connection stands.</summary>
    /// <param name="Stream">The connection; the receiver of this result owns it.</param>
    /// <param name="Local">The address the server sees, which SPF is about: of this host, or of the proxy as it says itself; null when the dialer cannot know it.</param>
    /// <param name="Remote">What was dialed: an <see cref="IPEndPoint"/>, or a <see cref="DnsEndPoint"/> where the proxy was left to look the name up.</param>
    public sealed record Connected(Stream Stream, IPEndPoint? Local, EndPoint Remote) : DialResult;

    /// <summary>There is no connection. The server may be reachable later or at another address.</summary>
    /// <param name="Reason">The reason by which failures are counted.</param>
    /// <param name="Detail">The same in a few words, for people.</param>
    public sealed record Failed(DialFailure Reason, string Detail) : DialResult;
}
