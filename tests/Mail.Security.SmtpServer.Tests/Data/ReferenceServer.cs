using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer.Tests.Data;

/// <summary>What a server must make of a stream that starts with MAIL, told byte by byte in the plainest way; the oracle of the smuggling tests.</summary>
internal sealed class ReferenceServer(BareLineEndPolicy bareLineEnds)
{
    private readonly StringBuilder _line = new();
    private readonly StringBuilder _data = new();
    private string _state = "";
    private bool _inData;

    public List<string> Codes { get; } = [];

    /// <summary>The messages accepted, without their dots.</summary>
    public List<string> Accepted { get; } = [];

    public void Read(byte[] bytes)
    {
        foreach (var one in bytes)
        {
            if (_inData)
                ReadData((char)one);
            else
                ReadCommand((char)one);
        }
    }

    private void ReadCommand(char letter)
    {
        _line.Append(letter);
        if (!_line.ToString().EndsWith("\r\n", StringComparison.Ordinal))
            return;
        var line = _line.ToString(0, _line.Length - 2);
        _line.Clear();
        Codes.Add(line.AsSpan().ContainsAny('\r', '\n', '\0') ? "500 5.5.2" : Answer(line));
    }

    private string Answer(string line)
    {
        switch (line)
        {
            case "NOOP":
                return "250 2.0.0";
            case "MAIL FROM:<ann@a.example>" when _state == "":
                _state = "mail";
                return "250 2.1.0";
            case "RCPT TO:<bob@b.example>" when _state != "":
                _state = "rcpt";
                return "250 2.1.5";
            case "DATA" when _state == "rcpt":
                _inData = true;
                return "354";
            case "MAIL FROM:<ann@a.example>" or "RCPT TO:<bob@b.example>" or "DATA":
                return "503 5.5.1";
            default:
                return "500 5.5.2";
        }
    }

    // RFC 5321 §4.1.1.4, §4.5.2: the first CRLF.CRLF, where the CRLF of DATA counts as the first of the two, and nothing else.
    private void ReadData(char letter)
    {
        _data.Append(letter);
        var text = "\r\n" + _data;
        if (!text.EndsWith("\r\n.\r\n", StringComparison.Ordinal))
            return;
        var content = text[2..^3];
        _data.Clear();
        (_inData, _state) = (false, "");
        var plain = string.Concat(content.Split("\r\n").Select((line, index) => (index > 0 ? "\r\n" : "") + (line.StartsWith('.') ? line[1..] : line)));
        Codes.Add(IsTakable(content, bareLineEnds) ? "250 2.0.0" : "550 5.5.2");
        if (IsTakable(content, bareLineEnds))
            Accepted.Add(bareLineEnds == BareLineEndPolicy.Normalise ? Normalise(plain) : plain);
    }

    /// <summary>Whether content may be taken under a policy (RFC 5321 §2.3.8).</summary>
    public static bool IsTakable(string content, BareLineEndPolicy bareLineEnds) =>
        !content.Contains('\0', StringComparison.Ordinal)
        && (bareLineEnds == BareLineEndPolicy.Normalise || !content.Replace("\r\n", "", StringComparison.Ordinal).AsSpan().ContainsAny('\r', '\n'));

    /// <summary>CRLF for every line end of any kind.</summary>
    public static string Normalise(string content) =>
        content.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Replace("\n", "\r\n", StringComparison.Ordinal);
}
