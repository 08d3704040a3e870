using System.Net;

namespace Mail.Security.Transports;

/// <summary>What <see cref="ProxyHeaderDialer"/> says in front of a connection.</summary>
public sealed class ProxyHeaderDialerOptions
{
    /// <summary>The version. Default <see cref="ProxyHeaderVersion.V2"/>.</summary>
    public ProxyHeaderVersion Version { get; set; }

    /// <summary>On whose behalf. Default <see cref="ProxyHeaderCommand.Proxy"/>.</summary>
    public ProxyHeaderCommand Command { get; set; }

    /// <summary>The client's end; null, the default, takes the local end of the connection.</summary>
    public IPEndPoint? Source { get; set; }

    /// <summary>The end the client reached; null, the default, takes the remote end of the connection.</summary>
    public IPEndPoint? Destination { get; set; }

    /// <summary>How long the connection may take to accept the header; 30 seconds by default, more than zero and at most a day.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    internal ProxyHeaderDialerOptions CheckedCopy()
    {
        var copy = (ProxyHeaderDialerOptions)MemberwiseClone();
        if (!Enum.IsDefined(copy.Version))
            throw new ArgumentException("The version is 1 or 2.", nameof(Version));
        if (!Enum.IsDefined(copy.Command))
            throw new ArgumentException("The command is not one of those named.", nameof(Command));
        if (copy.Timeout <= TimeSpan.Zero || copy.Timeout > SmtpTimeouts.Longest)
            throw new ArgumentException("A time limit must be positive and at most a day.", nameof(Timeout));
        return copy;
    }
}
