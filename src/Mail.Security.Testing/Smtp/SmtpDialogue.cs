using System.Text;

namespace Mail.Security.Testing;

/// <summary>A conversation to be played by a <see cref="ScriptedSmtpPeer"/>, line by line.</summary>
/// <remarks>
/// One instruction a line; empty lines and lines that begin with '#' count for nothing:
/// <list type="bullet">
/// <item><c>S: text</c> sends the text and CRLF. Neighbouring S and RAW lines leave in one write, so <c>S: 220 go</c>, <c>S: 250 evil</c>, <c>TLS</c> injects plaintext.</item>
/// <item><c>RAW text</c> sends the text alone; <c>\r</c>, <c>\n</c>, <c>\0</c> and <c>\\</c> are escapes.</item>
/// <item><c>C: pattern</c> reads a line; case is ignored and '*' stands for any text. Another line is noted and ends the conversation.</item>
/// <item><c>CONTENT</c> reads up to CRLF.CRLF; <c>TLS</c> performs the server's handshake, and fails when the client has written ahead of it.</item>
/// <item><c>CLOSE</c>, <c>RESET</c> and <c>STALL</c> as in <see cref="SmtpPeerAction"/>. The end of the script closes.</item>
/// </list>
/// </remarks>
public sealed class SmtpDialogue
{
    private SmtpDialogue(IReadOnlyList<SmtpDialogueStep> steps) => Steps = steps;

    internal IReadOnlyList<SmtpDialogueStep> Steps { get; }

    /// <summary>Reads a script.</summary>
    /// <param name="script">The script.</param>
    /// <returns>The conversation.</returns>
    /// <exception cref="FormatException">A line is no instruction.</exception>
    public static SmtpDialogue Parse(string script)
    {
        ArgumentNullException.ThrowIfNull(script);
        var steps = new List<SmtpDialogueStep>();
        foreach (var line in script.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] != '#')
                steps.Add(Read(line));
        }
        return new SmtpDialogue(steps);
    }

    private static SmtpDialogueStep Read(string line) => line switch
    {
        "CONTENT" => new SmtpDialogueStep.Content(),
        "TLS" => new SmtpDialogueStep.Handshake(),
        "CLOSE" => new SmtpDialogueStep.Act(new SmtpPeerAction.Close()),
        "RESET" => new SmtpDialogueStep.Act(new SmtpPeerAction.Reset()),
        "STALL" => new SmtpDialogueStep.Act(new SmtpPeerAction.Stall()),
        _ when line.StartsWith("S:", StringComparison.Ordinal) => new SmtpDialogueStep.Send(Encoding.UTF8.GetBytes(line[2..].TrimStart() + "\r\n")),
        _ when line.StartsWith("C:", StringComparison.Ordinal) => new SmtpDialogueStep.Expect(line[2..].TrimStart()),
        _ when line.StartsWith("RAW ", StringComparison.Ordinal) => new SmtpDialogueStep.Send(Encoding.Latin1.GetBytes(Unescape(line[4..]))),
        _ => throw new FormatException($"Not an instruction: {line}"),
    };

    private static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\')
            {
                plain.Append(text[index]);
                continue;
            }
            if (++index == text.Length)
                throw new FormatException("A backslash escapes nothing.");
            plain.Append(text[index] switch
            {
                'r' => '\r',
                'n' => '\n',
                '0' => '\0',
                '\\' => '\\',
                var other => throw new FormatException($"Not an escape: \\{other}"),
            });
        }
        return plain.ToString();
    }
}
