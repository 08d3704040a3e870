using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>What is no reply, half a reply, or a goodbye, in the place of every reply of a session: what the session and the message come to.</summary>
public sealed class OddReplyTests : IDisposable
{
    private const int Limit = 512;

    // What the server sends before it closes; and what that is.
    private static readonly (string Kind, string[] Wires)[] Rows =
    [
        ("ProtocolViolation",
        [
            @"250-one\r\n251 two\r\n", @"250-one\r\n450 two\r\n", @"250-one\r\n550-two\r\n250 three\r\n", @"421-one\r\n250 two\r\n", @"250-one\r\ntwo\r\n", @"250-one\r\n\r\n",
            @"250 feed\n", @"250-feed\n250 feed\n", @"250-one\r\n250 feed\n", @"250 re\rturn\r\n", @"250 return\r\r\n", @"250 n\0l\r\n", @"\0\r\n",
            @"050 x\r\n", @"150 x\r\n", @"600 x\r\n", @"999 x\r\n", @"-250 x\r\n", @" 250 x\r\n", @"25\r\n", @"2500 x\r\n", @"250_x\r\n", @"250:x\r\n", @"2O0 x\r\n", @"\r\n", @"+OK\r\n", @"* OK\r\n",
            $"250 {new string('x', Limit)}", $@"250 {new string('x', Limit)}\r\n", string.Concat(Enumerable.Repeat(@"250-\r\n", Limit)), string.Concat(Enumerable.Repeat(@"421-\r\n", Limit)) + @"421\r\n",
        ]),
        ("ConnectionLost", ["", "2", "25", "250", "250 half", @"250 half\r", @"250-one\r\n", @"250-one\r\n250-two\r\n", @"250-one\r\n250", @"421-4.3.2 closing\r\n", "what"]),
        ("Refused421", [@"421\r\n", @"421 \r\n", @"421 4.3.2 closing\r\n", @"421-4.3.2 closing\r\n421 4.3.2 bye\r\n", @"421 5.3.2 of another class\r\n", $@"421 {new string('x', Limit - 6)}\r\n"]),
    ];

    private readonly TestCertificateAuthority _authority = TestCertificateAuthority.CreateRoot();

    public static TheoryData<string, bool, string, string> Cells
    {
        get
        {
            var cells = new TheoryData<string, bool, string, string>();
            foreach (var (kind, wires) in Rows)
            {
                foreach (var wire in wires)
                {
                    foreach (var stage in (string[])["Greeting", "Hello", "StartTls"])
                        cells.Add(stage, false, wire, $"{kind}@{stage}");
                    foreach (var stage in (string[])["Mail", "Recipient", "Data", "EndOfData"])
                    {
                        cells.Add(stage, false, wire, $"Deferred/{stage}; {kind}@{stage}; Broken");
                        cells.Add(stage, true, wire, $"Deferred/{stage}; {kind}@{stage}; Broken");
                    }
                }
            }
            return cells;
        }
    }

    public void Dispose() => _authority.Dispose();

    [Theory, MemberData(nameof(Cells)), Trait("rfc", "5321#4.2"), Trait("rfc", "5321#4.2.1"), Trait("rfc", "5321#3.8")]
    public async Task OddReply_AtEveryStage_IsToldApartAndNothingIsTakenForDelivered(string stage, bool pipelined, string wire, string expected)
    {
        await using var peer = ScriptedSmtpPeer.Play(Script(stage, pipelined, wire));
        var settings = (stage == "StartTls" ? Rig.StartTls : Rig.Clear) with { Limits = new SmtpSessionLimits { MaxReply = Limit } };
        var opened = await Rig.TryOpenAsync(peer, settings);
        if (opened is SessionOpenResult.Failed(var failure))
        {
            Assert.Equal(expected, $"{failure.Kind}@{failure.Stage}");
            return;
        }

        await using var session = ((SessionOpenResult.Opened)opened).Session;
        Assert.Equal(expected, Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop)));
    }

    [Theory]                                                // the first digit of the code decides, whatever the status says or whether the code is known
    [InlineData("250 5.1.1 of another class", "Accepted/EndOfData; -; Reusable")]
    [InlineData("250 4.2.1 of another class", "Accepted/EndOfData; -; Reusable")]
    [InlineData("299 2.9.9 of later", "Accepted/EndOfData; -; Reusable")]
    [InlineData("211 help", "Accepted/EndOfData; -; Reusable")]
    [InlineData("450 5.1.1 of another class", "Deferred/Recipient; -; Reusable")]
    [InlineData("499 2.0.0 of another class", "Deferred/Recipient; -; Reusable")]
    [InlineData("400-4.2.1 one\n400-5.1.1 two\n400 2.0.0 three", "Deferred/Recipient; -; Reusable")]
    [InlineData("550 4.2.1 of another class", "Refused/Recipient; -; Reusable")]
    [InlineData("550 2.0.0 of another class", "Refused/Recipient; -; Reusable")]
    [InlineData("599 x", "Refused/Recipient; -; Reusable")]
    [InlineData("521 5.0 half a status", "Refused/Recipient; -; Reusable")]
    [InlineData("398 x", "Deferred/Recipient; ProtocolViolation@Recipient; Broken")]
    [Trait("rfc", "5321#4.2.1"), Trait("rfc", "2034#4")]
    public async Task SendAsync_CodeAndStatusDisagree_TheCodeDecides(string reply, string expected)
    {
        foreach (var extension in (string[])["", "PIPELINING"])
        {
            var options = new MailExchangerOptions { Keywords = extension.Length > 0 ? [extension] : [] }.On(SmtpPeerMoment.Recipient, Act.Read(reply));
            await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
            await using var session = await Rig.OpenAsync(peer);
            Assert.Equal(expected, Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop)));
        }
    }

    private static string Script(string stage, bool pipelined, string wire)
    {
        var order = Array.IndexOf(["Greeting", "Hello", "StartTls", "Mail", "Recipient", "Data", "EndOfData"], stage);
        var capabilities = pipelined ? @"250-mx.test\r\n250 PIPELINING\r\n" : @"250 mx.test\r\n";
        List<string> lines = [order == 0 ? wire : @"220 mx.test\r\n"];
        if (order >= 1)
            lines.AddRange(["C: EHLO *", order == 1 ? wire : order == 2 ? @"250-mx.test\r\n250 STARTTLS\r\n" : capabilities]);
        if (order == 2)
            lines.AddRange(["C: STARTTLS", wire]);
        if (order >= 3 && pipelined)
            lines.AddRange(["C: MAIL *", "C: RCPT *", "C: DATA"]);
        foreach (var (place, command, reply) in ((int, string, string)[])[(3, "C: MAIL *", @"250 OK\r\n"), (4, "C: RCPT *", @"250 OK\r\n"), (5, "C: DATA", @"354 go on\r\n"), (6, "CONTENT", @"250 OK\r\n")])
        {
            if (order < place)
                break;
            if (!pipelined || place == 6)
                lines.Add(command);
            lines.Add(order == place ? wire : reply);
        }
        return string.Join('\n', lines.Select(line => line is "CONTENT" || line.StartsWith("C: ", StringComparison.Ordinal) ? line : line.Length == 0 ? "CLOSE" : $"RAW {line}"));
    }
}
