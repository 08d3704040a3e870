using System.Globalization;
using System.Net;
using System.Text;
using Mail.Security.Smtp;
using Microsoft.Extensions.Logging;

namespace Mail.Security.SmtpServer;

/// <summary>The protocol log as one session writes it. While it is off, each method looks at two references and returns.</summary>
internal sealed class SessionProtocol(SmtpProtocolLog? log, SmtpSessionInfo session)
{
    private const int LongestWord = 16;

    private IPNetwork[]? _sources;
    private EndPoint? _client;
    private bool _covered;
    private bool _guarded;

    /// <summary>Whether lines are written now.</summary>
    public bool IsOn => log is not null && (ReferenceEquals(_sources, log.CurrentSources) && ReferenceEquals(_client, session.RemoteEndPoint) ? _covered : Look(log));

    /// <summary>
    /// The client's command. AUTH and what is unknown behind it, or behind what may have been meant as AUTH, are masked: a client that does not wait for the reply sends
    /// its credentials as commands.
    /// </summary>
    public void Command(in SmtpCommand command)
    {
        if (log is null)
            return;
        var guard = command.Verb == SmtpVerb.Auth || (command.Verb == SmtpVerb.Unknown && MayMeanAuth(command.Keyword));
        if (IsOn)
            FromClient(command.Verb is SmtpVerb.Auth or SmtpVerb.Unknown ? Guarded(command) : Open(command));
        _guarded |= guard;
    }

    /// <summary>The client's line within an AUTH exchange, of which nothing may be shown but its length.</summary>
    public void Response(in AuthLine line)
    {
        if (IsOn)
            FromClient(line.Kind == AuthLineKind.TooLong ? $"({SyntaxFault.LineTooLong})" : Hidden(line.Length));
    }

    /// <summary>A line that is no command by its form.</summary>
    public void Refused(SyntaxFault fault)
    {
        _guarded = true;        // it may have been AUTH
        if (IsOn)
            FromClient($"({fault})");
    }

    /// <summary>Content of a message.</summary>
    public void Content(long length)
    {
        if (IsOn)
            FromClient(string.Create(CultureInfo.InvariantCulture, $"({length} bytes of message)"));
    }

    /// <summary>The server's reply.</summary>
    public void Reply(in ServerReply reply)
    {
        if (IsOn)
            FromServer(reply.Code, reply.Status, ProtocolText.Show(reply.Text));
    }

    /// <summary>The server's challenge within an AUTH exchange, of which nothing may be shown but its length.</summary>
    public void Challenge(int length)
    {
        if (IsOn)
            FromServer(334, null, Hidden(length));
    }

    /// <summary>A reply of several lines, on one line of the log.</summary>
    public void Reply(int code, EnhancedStatus? status, IEnumerable<string> lines)
    {
        if (IsOn)
            FromServer(code, status, ProtocolText.Show(string.Join(" | ", lines)));
    }

    private bool Look(SmtpProtocolLog from)
    {
        (_sources, _client) = (from.CurrentSources, session.RemoteEndPoint);
        return _covered = session.RemoteAddress is { } address && Array.Exists(_sources, source => source.Contains(address));
    }

    private static string Open(in SmtpCommand command) => ProtocolText.Show(
        command.Argument.IsEmpty ? command.Keyword : [.. command.Keyword, (byte)' ', .. command.Argument]);

    private string Guarded(in SmtpCommand command)
    {
        if (command.Verb == SmtpVerb.Unknown && (_guarded || !IsWord(command.Keyword)))
            return Hidden(command.Keyword.Length + command.Argument.Length);
        var keyword = Encoding.ASCII.GetString(command.Keyword);
        return command.Argument.IsEmpty ? keyword : $"{keyword} {Hidden(command.Argument.Length)}";
    }

    private static bool MayMeanAuth(ReadOnlySpan<byte> keyword) =>
        !IsWord(keyword) || Encoding.ASCII.GetString(keyword).Contains("AUTH", StringComparison.OrdinalIgnoreCase);

    private static bool IsWord(ReadOnlySpan<byte> keyword)
    {
        if (keyword.Length is 0 or > LongestWord)
            return false;
        foreach (var letter in keyword)
        {
            if (!char.IsAsciiLetter((char)letter) && letter != (byte)'-')
                return false;
        }
        return true;
    }

    private static string Hidden(long length) => string.Create(CultureInfo.InvariantCulture, $"({length} bytes masked)");

    private void FromClient(string line) => ServerLog.ClientSaid(log!.Logger, session.Id, line);

    private void FromServer(int code, EnhancedStatus? status, string text)
    {
        if (log!.Logger.IsEnabled(LogLevel.Information))
            ServerLog.ServerSaid(log.Logger, session.Id, string.Create(CultureInfo.InvariantCulture, $"{code} {(status is { } value ? $"{value} " : "")}{text}"));
    }
}
