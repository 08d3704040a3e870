using System.Text;

namespace Mail.Security.SmtpServer.Tests.Dialogues;

/// <summary>Plays the dialogues of this folder: each file is a conversation, or under States a state and every command in it.</summary>
[Trait("rfc", "5321#4.1.4"), Trait("rfc", "5321#4.3.2"), Trait("rfc", "3030#2"), Trait("rfc", "3207#4"), Trait("rfc", "4954#4"), Trait("rfc", "4954#6")]
public sealed class DialogueTests
{
    /// <summary>The first word of every command that each state's file must have, and lines that are no command: a new one is added here, and to each file.</summary>
    private static readonly string[] Verbs =
    [
        "HELO", "EHLO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "QUIT", "HELP", "VRFY", "EXPN", "AUTH", "STARTTLS", "XCLIENT", "ETRN", "TURN", "SEND", "SOML", "SAML", "XYZZY",
        "GET", "POST", "PUT", "HEAD", "CONNECT", "OPTIONS", "PRI", "", " ", "\t", "\u0016",
    ];

    public static TheoryData<string> Conversations => [.. Names("").Order(StringComparer.Ordinal)];

    public static TheoryData<string> States => [.. Names("States").Order(StringComparer.Ordinal)];

    public static TheoryData<string, int, string> Cells
    {
        get
        {
            var cells = new TheoryData<string, int, string>();
            foreach (var state in Names("States"))
            {
                var each = Dialogue.Read(state).Each;
                for (var index = 0; index < each.Count; index++)
                    cells.Add(state, index, each[index][0].Text);
            }
            return cells;
        }
    }

    [Theory, MemberData(nameof(Conversations))]
    public void Conversation_AsWritten_IsHeld(string name) => DialoguePlayer.Play(Dialogue.Read(name));

    [Theory, MemberData(nameof(Cells))]
    public void Command_InEveryState_AnswersAsWritten(string state, int index, string command)
    {
        var dialogue = Dialogue.Read(state);
        Assert.Equal(command, dialogue.Each[index][0].Text);
        DialoguePlayer.Play(dialogue, dialogue.Each[index]);
    }

    [Theory, MemberData(nameof(States))]
    public void State_HasEveryCommand(string state)
    {
        var seen = Dialogue.Read(state).Each.Select(paragraph => Word(paragraph[0].Text)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.Empty(Verbs.Except(seen, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public void States_OnTheSameCommands_AreAllWritten()
    {
        var commands = Names("States").Select(state => Dialogue.Read(state).Each.Select(paragraph => paragraph[0].Text).ToList()).ToList();
        Assert.True(commands.Count >= 14);
        Assert.All(commands, one => Assert.Equal(commands[0], one));
        Assert.All(commands, one => Assert.Distinct(one));
    }

    [Theory]
    [InlineData("a\\r\\n\\t\\0\\s\\\\\\x16\\{3 xy}", "a\r\n\t\0 \\\u0016xyxyxy")]
    public void Unescape_EveryEscape_IsItsBytes(string text, string expected) => Assert.Equal(expected, Encoding.Latin1.GetString(Dialogue.Unescape(text)));

    [Theory]
    [InlineData("X: y")]
    [InlineData("C:EHLO")]
    [InlineData(" S: 250")]
    public void Parse_NoInstruction_IsAnError(string line) => Assert.Throws<FormatException>(() => Dialogue.Parse([line]));

    [Theory]
    [InlineData("S: 220 other")]
    [InlineData("S: 220 *|S: 250 more")]
    [InlineData("S: 220 *|C: NOOP")]
    [InlineData("S: 220 *|C: NOOP|S: 250 2.0.0 OK|M: nothing")]
    [InlineData("S: 220 *|END Quit")]
    [InlineData("S: 220 *|C: QUIT|S: 221 *|END ClientClosed")]
    [InlineData("S: 220 *|C: QUIT|S: 221 *|C: NOOP|S: 250 2.0.0 OK")]
    public void Play_AnotherConversationThanWritten_Fails(string lines) => Assert.ThrowsAny<Exception>(() => DialoguePlayer.Play(Dialogue.Parse(lines.Split('|'))));

    private static string Word(string text)
    {
        var plain = Encoding.Latin1.GetString(Dialogue.Unescape(text));
        return plain.Trim().Length == 0 ? plain : plain.TrimStart().Split(' ', '\t', '\r', '\n', '\0', '\u0003')[0];
    }

    private static IEnumerable<string> Names(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Dialogue.Folder, folder), "*.smtp").Select(file => Path.Combine(folder, Path.GetFileName(file)));
}
