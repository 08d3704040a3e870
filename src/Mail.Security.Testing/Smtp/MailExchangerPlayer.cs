using System.Globalization;
using System.Text;

namespace Mail.Security.Testing;

/// <summary>Plays a mail exchanger over one connection.</summary>
internal sealed class MailExchangerPlayer(MailExchangerOptions options, PeerConnection connection)
{
    private static readonly SmtpPeerAction Finished = new SmtpPeerAction.Close();
    private readonly Dictionary<SmtpPeerMoment, int> _seen = [];
    private readonly List<string> _recipients = [];
    private readonly List<byte> _chunks = [];
    private string? _mail;
    private bool _chunkRefused;

    public async ValueTask<SmtpPeerAction> PlayAsync(CancellationToken cancellationToken)
    {
        if (options.ImplicitTls && await HandshakeAsync(cancellationToken).ConfigureAwait(false) is { } refused)
            return refused;
        if (await AnswerAsync(SmtpPeerMoment.Greeting, "", $"220 {options.HostName} ESMTP", cancellationToken).ConfigureAwait(false) is { End: { } ended })
            return ended;
        while (await connection.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            connection.Record.Add(line);
            if (await TakeAsync(line, cancellationToken).ConfigureAwait(false) is { } end)
                return end;
        }
        return Finished;
    }

    private ValueTask<SmtpPeerAction?> TakeAsync(string line, CancellationToken cancellationToken) => line.Split(' ', 2)[0].ToUpperInvariant() switch
    {
        "EHLO" => HelloAsync(line, Ehlo(), cancellationToken),
        "HELO" => HelloAsync(line, $"250 {options.HostName}", cancellationToken),
        "STARTTLS" when options.Tls is not null && !connection.IsTls => StartTlsAsync(line, cancellationToken),
        "MAIL" => MailAsync(line, cancellationToken),
        "RCPT" => RecipientAsync(line, cancellationToken),
        "DATA" => DataAsync(line, cancellationToken),
        "BDAT" => ChunkAsync(line, cancellationToken),
        "RSET" => ResetAsync(line, cancellationToken),
        "NOOP" => EndOfAnswerAsync(SmtpPeerMoment.Noop, line, "250 2.0.0 OK", cancellationToken),
        "AUTH" when options.Logins is not null => LoginAsync(line, cancellationToken),
        "QUIT" => QuitAsync(line, cancellationToken),
        _ => SimpleAsync("500 5.5.1 unknown command", cancellationToken),
    };

    private async ValueTask<SmtpPeerAction?> SimpleAsync(string reply, CancellationToken cancellationToken)
    {
        await connection.SendReplyAsync(reply, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async ValueTask<SmtpPeerAction?> EndOfAnswerAsync(SmtpPeerMoment moment, string line, string usual, CancellationToken cancellationToken) =>
        (await AnswerAsync(moment, line, usual, cancellationToken).ConfigureAwait(false)).End;

    private async ValueTask<SmtpPeerAction?> LoginAsync(string line, CancellationToken cancellationToken)
    {
        using var login = new PeerLogin(options.Logins!, connection.IsTls);
        var usual = await login.BeginAsync(line, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var (says, end) = await SayAsync(SmtpPeerMoment.Authentication, line, usual, cancellationToken).ConfigureAwait(false);
            if (end is not null || !says.StartsWith("334", StringComparison.Ordinal))
                return end;
            if (await connection.ReadLineAsync(cancellationToken).ConfigureAwait(false) is not { } response)
                return Finished;
            connection.Record.Add(response);
            usual = await login.GoOnAsync(response, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<SmtpPeerAction?> HelloAsync(string line, string reply, CancellationToken cancellationToken)
    {
        (_mail, _) = (null, _recipients.RemoveAll(_ => true));
        var moment = connection.IsTls ? SmtpPeerMoment.HelloUnderTls : SmtpPeerMoment.Hello;
        return (await AnswerAsync(moment, line, reply, cancellationToken).ConfigureAwait(false)).End;
    }

    private async ValueTask<SmtpPeerAction?> StartTlsAsync(string line, CancellationToken cancellationToken)
    {
        var answer = await AnswerAsync(SmtpPeerMoment.StartTls, line, "220 2.0.0 go ahead", cancellationToken).ConfigureAwait(false);
        if (answer.End is not null || !answer.Positive)
            return answer.End;
        (_mail, _) = (null, _recipients.RemoveAll(_ => true));          // RFC 3207 §4.2
        return await HandshakeAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<SmtpPeerAction?> HandshakeAsync(CancellationToken cancellationToken)
    {
        switch (Find(SmtpPeerMoment.Handshake, ""))
        {
            case null:
                await connection.HandshakeAsync(cancellationToken).ConfigureAwait(false);
                return null;
            case SmtpPeerAction.Raw(var text):
                await connection.SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken).ConfigureAwait(false);
                return Finished;
            case SmtpPeerAction.RawAndEnd(var text, var end):
                await connection.SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken).ConfigureAwait(false);
                return end;
            case SmtpPeerAction.Reply(var text):                        // in the clear, where the client looks for TLS
                await connection.SendReplyAsync(text, cancellationToken).ConfigureAwait(false);
                return Finished;
            case SmtpPeerAction.ReplyAndClose(var text):
                await connection.SendReplyAsync(text, cancellationToken).ConfigureAwait(false);
                return Finished;
            case var action:
                return action;
        }
    }

    private async ValueTask<SmtpPeerAction?> MailAsync(string line, CancellationToken cancellationToken)
    {
        var answer = await AnswerAsync(SmtpPeerMoment.Mail, line, _mail is null ? "250 2.1.0 OK" : "503 5.5.1 nested MAIL", cancellationToken).ConfigureAwait(false);
        if (answer.Positive)
            _mail = line;
        return answer.End;
    }

    private async ValueTask<SmtpPeerAction?> RecipientAsync(string line, CancellationToken cancellationToken)
    {
        var answer = await AnswerAsync(SmtpPeerMoment.Recipient, line, _mail is null ? "503 5.5.1 MAIL first" : "250 2.1.5 OK", cancellationToken).ConfigureAwait(false);
        if (answer.Positive)
            _recipients.Add(line);
        return answer.End;
    }

    private async ValueTask<SmtpPeerAction?> DataAsync(string line, CancellationToken cancellationToken)
    {
        var usual = _recipients.Count > 0 ? "354 go ahead" : "503 5.5.1 no valid recipients";
        var answer = await AnswerAsync(SmtpPeerMoment.Data, line, usual, cancellationToken).ConfigureAwait(false);
        if (answer.End is not null || !answer.Positive)
            return answer.End;
        // What stands here is not an answer but something said while the client writes.
        if (await AnswerAsync(SmtpPeerMoment.Content, line, "", cancellationToken).ConfigureAwait(false) is { End: { } early })
            return early;
        if (await connection.ReadContentAsync(cancellationToken).ConfigureAwait(false) is not { } content)
            return Finished;
        connection.Record.Add(new SmtpPeerMessage(_mail ?? "", [.. _recipients], content));
        (_mail, _) = (null, _recipients.RemoveAll(_ => true));
        return (await AnswerAsync(SmtpPeerMoment.EndOfData, line, "250 2.0.0 queued", cancellationToken).ConfigureAwait(false)).End;
    }

    // RFC 3030 §2: the octets are taken whatever the answer is, and after a refusal nothing but RSET helps.
    private async ValueTask<SmtpPeerAction?> ChunkAsync(string line, CancellationToken cancellationToken)
    {
        var words = line.Split(' ');
        if (words.Length < 2 || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            return Finished;
        if (await connection.ReadOctetsAsync(size, cancellationToken).ConfigureAwait(false) is not { } octets)
            return Finished;
        _chunks.AddRange(octets);
        var last = words.Length > 2 && words[2].Equals("LAST", StringComparison.OrdinalIgnoreCase);
        var inOrder = _recipients.Count > 0 && !_chunkRefused;
        if (last && inOrder)
            connection.Record.Add(new SmtpPeerMessage(_mail ?? "", [.. _recipients], _chunks.ToArray()));
        var answer = await AnswerAsync(last ? SmtpPeerMoment.EndOfData : SmtpPeerMoment.Chunk, line, inOrder ? "250 2.0.0 OK" : "503 5.5.1 bad sequence", cancellationToken).ConfigureAwait(false);
        _chunkRefused |= !answer.Positive;
        if (last && answer.Positive)
            Clear();
        return answer.End;
    }

    private void Clear()
    {
        _recipients.Clear();
        _chunks.Clear();
        (_mail, _chunkRefused) = (null, false);
    }

    private async ValueTask<SmtpPeerAction?> ResetAsync(string line, CancellationToken cancellationToken)
    {
        Clear();
        return (await AnswerAsync(SmtpPeerMoment.Reset, line, "250 2.0.0 OK", cancellationToken).ConfigureAwait(false)).End;
    }

    private async ValueTask<SmtpPeerAction?> QuitAsync(string line, CancellationToken cancellationToken) =>
        (await AnswerAsync(SmtpPeerMoment.Quit, line, "221 2.0.0 bye", cancellationToken).ConfigureAwait(false)).End ?? Finished;

    // The usual reply or what a rule says; End is set when the conversation is over.
    private async ValueTask<(bool Positive, SmtpPeerAction? End)> AnswerAsync(SmtpPeerMoment moment, string command, string usual, CancellationToken cancellationToken)
    {
        var (says, end) = await SayAsync(moment, command, usual, cancellationToken).ConfigureAwait(false);
        return (end is null && (says.StartsWith('2') || says.StartsWith('3')), end);
    }

    // What was said, which counts as the usual reply where it was bytes as they are.
    private async ValueTask<(string Says, SmtpPeerAction? End)> SayAsync(SmtpPeerMoment moment, string command, string usual, CancellationToken cancellationToken)
    {
        switch (Find(moment, command))
        {
            case null:
                return (await SendReplyAsync(usual, cancellationToken).ConfigureAwait(false), null);
            case SmtpPeerAction.Reply(var text):
                return (await SendReplyAsync(text, cancellationToken).ConfigureAwait(false), null);
            case SmtpPeerAction.ReplyAndClose(var text):
                return (await SendReplyAsync(text, cancellationToken).ConfigureAwait(false), Finished);
            case SmtpPeerAction.Raw(var raw):
                await connection.SendAsync(Encoding.Latin1.GetBytes(raw), cancellationToken).ConfigureAwait(false);
                return (usual.Length > 0 && usual[0] == '3' ? usual : "250", null);
            case SmtpPeerAction.RawAndEnd(var raw, var end):
                await connection.SendAsync(Encoding.Latin1.GetBytes(raw), cancellationToken).ConfigureAwait(false);
                return ("", end);
            case var action:
                return ("", action);
        }
    }

    private async ValueTask<string> SendReplyAsync(string reply, CancellationToken cancellationToken)
    {
        if (reply.Length > 0)
            await connection.SendReplyAsync(reply, cancellationToken).ConfigureAwait(false);
        return reply;
    }

    private SmtpPeerAction? Find(SmtpPeerMoment moment, string command)
    {
        var occurrence = _seen[moment] = _seen.GetValueOrDefault(moment) + 1;
        return options.Rules.FirstOrDefault(rule => rule.Moment == moment
            && (rule.Occurrence == 0 || rule.Occurrence == occurrence)
            && (rule.Connection == 0 || rule.Connection == connection.Record.Number)
            && LinePattern.Matches(rule.Command, command))?.Action;
    }

    private string Ehlo()
    {
        var lines = new List<string> { options.HostName };
        lines.AddRange(options.Keywords);
        if (connection.IsTls)
            lines.AddRange(options.KeywordsUnderTls);
        else if (options.Tls is not null)
            lines.Add("STARTTLS");
        if (options.Logins is { } logins && logins.Offer(PeerLogin.Channel(connection.IsTls)) is { Count: > 0 } mechanisms)
            lines.Add($"AUTH {string.Join(' ', mechanisms)}");
        return string.Join('\n', lines.Select((line, index) => $"250{(index == lines.Count - 1 ? ' ' : '-')}{line}"));
    }
}
