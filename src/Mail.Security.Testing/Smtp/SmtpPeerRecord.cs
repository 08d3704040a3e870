using System.Security.Authentication;

namespace Mail.Security.Testing;

/// <summary>What a peer saw in one connection.</summary>
public sealed class SmtpPeerRecord
{
    private readonly Lock _lock = new();
    private readonly List<string> _commands = [];
    private readonly List<SmtpPeerMessage> _messages = [];

    internal SmtpPeerRecord(int number) => Number = number;

    /// <summary>The number of the connection, counted from 1.</summary>
    public int Number { get; }

    /// <summary>The command lines received so far, without line ends; content is not among them.</summary>
    public IReadOnlyList<string> Commands
    {
        get { lock (_lock) return [.. _commands]; }
    }

    /// <summary>The messages received whole so far.</summary>
    public IReadOnlyList<SmtpPeerMessage> Messages
    {
        get { lock (_lock) return [.. _messages]; }
    }

    /// <summary>The TLS version; null when there was no complete handshake.</summary>
    public SslProtocols? TlsProtocol { get; internal set; }

    /// <summary>The name in the client's server name indication; null when it sent none.</summary>
    public string? ServerName { get; internal set; }

    /// <summary>The subject of the client's certificate; null when it showed none.</summary>
    public string? ClientCertificateSubject { get; internal set; }

    /// <summary>How the client departed from the script; null when it did not. A test of a scripted dialogue asserts that it is null.</summary>
    public string? Mismatch { get; internal set; }

    /// <summary>The I/O failure that ended the connection; null when it ended in order.</summary>
    public string? Failure { get; internal set; }

    internal void Add(string command)
    {
        lock (_lock)
            _commands.Add(command);
    }

    internal void Add(SmtpPeerMessage message)
    {
        lock (_lock)
            _messages.Add(message);
    }
}
