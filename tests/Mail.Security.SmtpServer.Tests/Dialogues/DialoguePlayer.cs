using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Mail.Security.RequireTls;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Dialogues;

/// <summary>Plays dialogues against a session in memory.</summary>
internal sealed class DialoguePlayer : IDisposable
{
    private readonly RecordingHandler _handler = new();
    private readonly Dictionary<Hook, SmtpRefusal> _refusals = [];
    private readonly Queue<string> _heard = new();
    private readonly List<byte> _said = [];
    private readonly MemorySession _session;
    private string _rest = "";
    private int _stored;

    private DialoguePlayer(IReadOnlyList<DialogueLine> way)
    {
        _handler.Refuse = hook => _refusals.TryGetValue(hook, out var refusal) ? refusal : null;
        // What is set before the first line is set when the client connects.
        var settings = way.TakeWhile(line => line.Kind is "OPTION" or "REFUSE").ToList();
        foreach (var line in settings.Where(line => line.Kind == "REFUSE"))
            Refuse(line.Text);
        var options = settings.Where(line => line.Kind == "OPTION").Select(line => line.Text).ToList();
        var tls = options.Contains("UnderTls") ? new TlsSessionInfo(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_256_GCM_SHA384, "") : null;
        _session = new MemorySession(server => options.ForEach(option => Set(server, option)), _handler, tls);
        Listen(_session.Received());
    }

    /// <summary>Plays a whole dialogue, or one of its paragraphs.</summary>
    public static void Play(Dialogue dialogue, IReadOnlyList<DialogueLine>? paragraph = null)
    {
        using var player = new DialoguePlayer(dialogue.Way);
        player.Play(dialogue.Way.SkipWhile(line => line.Kind is "OPTION" or "REFUSE"));
        player.Play(paragraph ?? []);
        if (paragraph is not null && !player._session.Run.IsCompleted && !paragraph.Any(HandsOver))
            player.Play(dialogue.Step);
        player.Finish();
    }

    public void Dispose()
    {
        _session.Abort();
        _session.Dispose();
    }

    // Behind these the next bytes are no command.
    private static bool HandsOver(DialogueLine line) => line.Kind == "S:" && (line.Text.StartsWith("354", StringComparison.Ordinal) || line.Text.StartsWith("220 2.0.0", StringComparison.Ordinal));

    private void Play(IEnumerable<DialogueLine> lines)
    {
        foreach (var line in lines)
        {
            if (line.Kind is not ("C:" or "RAW"))
                Speak();
            Play(line);
        }
        Speak();
    }

    private void Play(DialogueLine line)
    {
        switch (line.Kind)
        {
            case "C:":
                _said.AddRange([.. Dialogue.Unescape(line.Text), 13, 10]);
                break;
            case "RAW":
                _said.AddRange(Dialogue.Unescape(line.Text));
                break;
            case "S:":
                Hear(line.Text);
                break;
            case "M:":
                Assert.Equal(Encoding.Latin1.GetString(Dialogue.Unescape(line.Text)), NextLineOfMessage());
                break;
            case "ENVELOPE":
                Assert.Equal(line.Text, Describe(_handler.Envelopes[^1]));
                break;
            case "REFUSE":
                Refuse(line.Text);
                break;
            case "CLOSE":
                _session.Close();
                Listen(_session.Received());
                break;
            case "END":
                Assert.Empty(_heard);
                Assert.Equal(line.Text, _session.End.Reason.ToString());
                break;
            default:
                throw new FormatException($"{line.Kind} has no place here");
        }
    }

    private void Speak()
    {
        if (_said.Count == 0)
            return;
        Assert.False(_session.Run.IsCompleted, "the session was over before");
        Listen(_session.Send(_said.ToArray()));
        _said.Clear();
    }

    private void Listen(string replies)
    {
        Assert.True(replies.Length == 0 || replies.EndsWith("\r\n", StringComparison.Ordinal), "half a line");
        foreach (var line in replies.Split("\r\n")[..^1])
            _heard.Enqueue(line);
    }

    private void Hear(string expected)
    {
        Assert.True(_heard.TryDequeue(out var line), $"nothing was said in place of: {expected}");
        if (line == "250 2.0.0 stored")
            _stored++;
        if (expected.EndsWith('*'))
            Assert.StartsWith(expected[..^1], line, StringComparison.Ordinal);
        else
            Assert.Equal(expected, line);
    }

    // Nothing more was said, and as many messages were taken as the client was told.
    private void Finish()
    {
        Assert.Empty(_heard);
        Assert.Equal("", _rest);
        Assert.Equal(_stored, _handler.Accepted.Count());
    }

    private string NextLineOfMessage()
    {
        if (_rest.Length == 0)
            _rest = _handler.Accepted.Last();
        var end = _rest.IndexOf("\r\n", StringComparison.Ordinal);
        var line = _rest[..end];
        _rest = _rest[(end + 2)..];
        return line;
    }

    private void Refuse(string text)
    {
        var words = text.Split(' ', 4);
        var hook = Enum.Parse<Hook>(words[0]);
        if (words.Length == 1)
            _refusals.Remove(hook);
        else
            _refusals[hook] = new SmtpRefusal(int.Parse(words[1], CultureInfo.InvariantCulture), EnhancedStatus.TryParse(words[2], out var status) ? status : throw new FormatException(text), words[3]);
    }

    private static string Describe(SmtpEnvelope envelope)
    {
        var text = new StringBuilder($"<{envelope.ReversePath}> {envelope.Body}{(envelope.SmtpUtf8 ? " SMTPUTF8" : "")}");
        if (envelope.Size is { } size)
            text.Append(CultureInfo.InvariantCulture, $" SIZE={size}");
        if (envelope.Return != DsnReturn.Unspecified)
            text.Append(CultureInfo.InvariantCulture, $" RET={envelope.Return}");
        if (envelope.EnvelopeId is { } id)
            text.Append(CultureInfo.InvariantCulture, $" ENVID={id}");
        if (envelope.AuthorizationIdentity is { } login)
            text.Append(CultureInfo.InvariantCulture, $" LOGIN={login}");
        if (envelope.Submitter is { } submitter)
            text.Append(CultureInfo.InvariantCulture, $" AUTH=<{(submitter.IsNull ? "" : submitter)}>");
        foreach (var recipient in envelope.Recipients)
        {
            text.Append(CultureInfo.InvariantCulture, $" <{recipient.Path}>");
            if (recipient.Notify != DsnNotify.Unspecified)
                text.Append(CultureInfo.InvariantCulture, $" NOTIFY={recipient.Notify}");
            if (recipient.OriginalRecipient is { } original)
                text.Append(CultureInfo.InvariantCulture, $" ORCPT={original}");
        }
        return text.ToString();
    }

    private static void Set(SmtpServerOptions server, string option)
    {
        var (name, value) = option.Split(' ', 2) is [var word, var rest] ? (word, rest) : (option, "");
        switch (name)
        {
            case "UnderTls":
                break;
            case "Certificate":
                server.Tls = new SmtpServerTls(TestCertificates.First) { Requirement = value == "Required" ? TlsRequirement.Required : TlsRequirement.Optional };
                break;
            case "RequireTls":
                server.Extensions = [new RequireTlsExtension()];
                break;
            case "Features":
                server.Features = Enum.Parse<SmtpServerFeatures>(value);
                break;
            case "Accounts":
                new TestAccounts().Everywhere(value == "Required" ? AuthenticationRequirement.Required : AuthenticationRequirement.Optional)(server);
                break;
            case "TrustsXclient":
                server.XclientSources = [IPNetwork.Parse("192.0.2.0/24")];
                break;
            default:
                SetNumber(server, name, int.Parse(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void SetNumber(SmtpServerOptions server, string name, int number) => _ = name switch
    {
        "MaxMessageSize" => server.MaxMessageSize = number,
        "MaxErrors" => server.MaxErrors = number,
        "MaxIdleCommands" => server.MaxIdleCommands = number,
        "MaxTransactions" => server.MaxTransactions = number,
        "MaxRecipientDomains" => server.MaxRecipientDomains = number,
        _ => throw new FormatException($"No option: {name}"),
    };
}
