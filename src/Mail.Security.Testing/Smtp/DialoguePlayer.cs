namespace Mail.Security.Testing;

/// <summary>Plays one conversation over one connection.</summary>
internal static class DialoguePlayer
{
    public static async ValueTask<SmtpPeerAction> PlayAsync(SmtpDialogue dialogue, PeerConnection connection, CancellationToken cancellationToken)
    {
        var pending = new List<byte>();
        foreach (var step in dialogue.Steps)
        {
            if (step is SmtpDialogueStep.Send(var bytes))
            {
                pending.AddRange(bytes);
                continue;
            }
            await FlushAsync(pending, connection, cancellationToken).ConfigureAwait(false);
            if (step is SmtpDialogueStep.Act(var action))
                return action;
            if (!await TakeAsync(step, connection, cancellationToken).ConfigureAwait(false))
                return new SmtpPeerAction.Close();
        }
        await FlushAsync(pending, connection, cancellationToken).ConfigureAwait(false);
        return new SmtpPeerAction.Close();
    }

    private static async ValueTask<bool> TakeAsync(SmtpDialogueStep step, PeerConnection connection, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case SmtpDialogueStep.Handshake:
                await connection.HandshakeAsync(cancellationToken).ConfigureAwait(false);
                return true;
            case SmtpDialogueStep.Content:
                if (await connection.ReadContentAsync(cancellationToken).ConfigureAwait(false) is not { } content)
                    return Mismatch(connection, "the content did not end");
                connection.Record.Add(new SmtpPeerMessage(string.Empty, [], content));
                return true;
            case SmtpDialogueStep.Expect(var pattern):
                var line = await connection.ReadLineAsync(cancellationToken).ConfigureAwait(false);
                if (line is not null)
                    connection.Record.Add(line);
                return line is not null && LinePattern.Matches(pattern, line)
                    || Mismatch(connection, $"expected \"{pattern}\", got {(line is null ? "the end of the connection" : $"\"{line}\"")}");
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static bool Mismatch(PeerConnection connection, string what)
    {
        connection.Record.Mismatch = what;
        return false;
    }

    private static async ValueTask FlushAsync(List<byte> pending, PeerConnection connection, CancellationToken cancellationToken)
    {
        if (pending.Count == 0)
            return;
        await connection.SendAsync(pending.ToArray(), cancellationToken).ConfigureAwait(false);
        pending.Clear();
    }
}
