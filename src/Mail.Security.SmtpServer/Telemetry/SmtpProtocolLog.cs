using System.Net;
using Microsoft.Extensions.Logging;

namespace Mail.Security.SmtpServer;

/// <summary>
/// Writes what is said in the sessions of chosen clients to the log: one line for each command and reply (events 1420 and 1421). Which clients these are may be
/// changed at any time and holds for open sessions from their next command on. For nobody it costs nothing.
/// </summary>
/// <remarks>
/// Credentials are not written: of AUTH, of what belongs to it and of XCLIENT only the length is, and of messages only their size; of a command that is not known its
/// first word is shown and the rest is not, nor the first word once the client has said AUTH or what may
/// have been meant as it; and nothing of a line that is no command by its form. Addresses of senders and recipients are written. Control characters are
/// escaped and long lines cut, so that no client can write a line of its own into the log.
/// </remarks>
public sealed class SmtpProtocolLog
{
    /// <summary>The category of the log lines.</summary>
    public const string Category = "Mail.Security.SmtpServer.Protocol";

    private volatile IPNetwork[] _sources = [];

    /// <summary>Makes a log that writes nothing until <see cref="Sources"/> says of whom.</summary>
    /// <param name="logger">Where the lines go, at <see cref="LogLevel.Information"/>.</param>
    public SmtpProtocolLog(ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(logger);
        Logger = new IsolatedLogger(logger);
    }

    /// <summary>
    /// The clients whose sessions are written, by address or prefix; 0.0.0.0/0 and ::/0 together are all whose address is known. Behind a trusted proxy it is the address
    /// that it tells. Empty at first. May be set on any thread; the list is copied.
    /// </summary>
    public IReadOnlyList<IPNetwork> Sources
    {
        get => _sources;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _sources = [.. value];
        }
    }

    internal ILogger Logger { get; }

    internal IPNetwork[] CurrentSources => _sources;
}
