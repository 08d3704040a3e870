using System.Globalization;
using System.Text;

namespace Mail.Security.SmtpServer.Tests.Dialogues;

/// <summary>One line of a dialogue.</summary>
/// <param name="Kind">What it is: a word such as "C:", "S:" or "END".</param>
/// <param name="Text">What stands behind the word.</param>
internal readonly record struct DialogueLine(string Kind, string Text);

/// <summary>A conversation as a file tells it.</summary>
/// <remarks>
/// <para>One instruction a line; lines that begin with '#' are remarks. The greeting of the server comes first and is one of the lines.</para>
/// <list type="bullet">
/// <item><c>C: text</c> the client sends the text and CRLF; neighbouring lines in one piece. <c>RAW text</c> is the same without CRLF.
/// "\r", "\n", "\t", "\0", "\s" (a space), "\\", "\xHH" (a byte) and "\{1000 x}" (a thousand times x) are escapes.</item>
/// <item><c>S: text</c> is the next line the server sends; a '*' at its end stands for any rest. It sends nothing that is not written here.</item>
/// <item><c>M: text</c> is a line of a message that was taken, and <c>ENVELOPE text</c> how its envelope reads.</item>
/// <item><c>CLOSE</c> the client closes. <c>END reason</c> the session is over, for this reason (<see cref="SessionEndReason"/>).</item>
/// <item><c>OPTION name value</c>, at the beginning, sets what <see cref="DialoguePlayer"/> knows. <c>REFUSE hook code status text</c>
/// makes a hook of the handler refuse; <c>REFUSE hook</c> ends that.</item>
/// <item><c>EACH</c> ends the way into a state: every paragraph behind it is played by itself in that state. <c>STEP command</c> and its S
/// lines are played behind every paragraph that does not end the session or its turn to speak (354, 220): the two sides still agree.</item>
/// </list>
/// </remarks>
internal sealed class Dialogue
{
    private static readonly string[] Kinds = ["C:", "RAW", "S:", "M:", "ENVELOPE", "CLOSE", "END", "OPTION", "REFUSE", "STEP"];

    private Dialogue(IReadOnlyList<DialogueLine> way, IReadOnlyList<DialogueLine> step, IReadOnlyList<IReadOnlyList<DialogueLine>> each) => (Way, Step, Each) = (way, step, each);

    /// <summary>Where the files are.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Dialogues");

    /// <summary>The lines up to EACH, or all.</summary>
    public IReadOnlyList<DialogueLine> Way { get; }

    /// <summary>What proves that the two sides are in step: a command and its reply.</summary>
    public IReadOnlyList<DialogueLine> Step { get; }

    /// <summary>The paragraphs behind EACH.</summary>
    public IReadOnlyList<IReadOnlyList<DialogueLine>> Each { get; }

    /// <summary>Reads a file of the folder.</summary>
    public static Dialogue Read(string name) => Parse(File.ReadAllLines(Path.Combine(Folder, name)));

    /// <summary>Reads lines.</summary>
    /// <exception cref="FormatException">A line is no instruction.</exception>
    public static Dialogue Parse(IEnumerable<string> lines)
    {
        List<DialogueLine> way = [], step = [], paragraph = [];
        List<IReadOnlyList<DialogueLine>> each = [];
        var target = way;
        foreach (var line in lines.Where(line => !line.StartsWith('#')))
        {
            if (line == "EACH")
                target = paragraph;
            else if (line.Length == 0 && target != way)
                Close();
            else if (line.Length > 0)
                Add(ReadLine(line));
        }
        Close();
        return new Dialogue(way, step, each);

        void Add(DialogueLine line)
        {
            if (line.Kind == "STEP")
                (target, line) = (step, line with { Kind = "C:" });
            target.Add(line);
        }

        void Close()
        {
            if (paragraph.Count > 0)
                each.Add([.. paragraph]);
            paragraph.Clear();
            target = target == step ? way : target;
        }
    }

    /// <summary>The bytes that a text stands for.</summary>
    public static byte[] Unescape(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\')
                bytes.AddRange(Encoding.UTF8.GetBytes(text[index].ToString()));
            else
                index = Escape(text, index + 1, bytes);
        }
        return [.. bytes];
    }

    // Gives the place of the escape's last character.
    private static int Escape(string text, int at, List<byte> bytes)
    {
        if (text[at] == 'x')
        {
            bytes.Add(byte.Parse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            return at + 2;
        }
        if (text[at] == '{')
        {
            var end = text.IndexOf('}', at);
            var words = text[(at + 1)..end].Split(' ');
            bytes.AddRange(Enumerable.Repeat(Encoding.UTF8.GetBytes(words[1]), int.Parse(words[0], CultureInfo.InvariantCulture)).SelectMany(one => one));
            return end;
        }
        bytes.Add(text[at] switch { 'r' => 13, 'n' => 10, 't' => 9, '0' => 0, 's' => 32, '\\' => 92, var other => throw new FormatException($"No escape: \\{other}") });
        return at;
    }

    private static DialogueLine ReadLine(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var read = space < 0 ? new DialogueLine(line, "") : new DialogueLine(line[..space], line[(space + 1)..]);
        return Kinds.Contains(read.Kind) ? read : throw new FormatException($"No instruction: {line}");
    }
}
