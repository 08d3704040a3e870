using System.Text;
using Mail.Security;
using Mail.Security.Smtp;
using SendMail.Configuration;
using SendMail.Running;

namespace SendMail.Arguments;

/// <summary>
/// Reads the command line as sendmail does: letters may be joined ("-ti"), a value stands in the same argument or in the next, options and recipients may be mixed, and "--" ends the options.
/// </summary>
internal sealed class ArgumentReader(IReadOnlyList<string> arguments)
{
    // What sendmail programs know and what means nothing here; callers give it out of habit.
    private const string Ignored = "mnUGx";
    private const string IgnoredWithValue = "ehLOpXA";
    private const string WithValue = "frFCNRVobB" + IgnoredWithValue;
    private const string IgnoredOfO = "med78A";

    private readonly Dictionary<string, string> _settings = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _recipients = [];
    private SendArguments _read = new();
    private int _at;

    /// <summary>Reads everything.</summary>
    /// <exception cref="CommandException">With <see cref="ExitCode.Usage"/>: an option is unknown, lacks its value, or has a wrong one.</exception>
    public SendArguments Read()
    {
        while (_at < arguments.Count)
        {
            var argument = arguments[_at++];
            if (argument == "--")
            {
                _recipients.AddRange(arguments.Skip(_at));
                break;
            }
            if (argument.StartsWith("--", StringComparison.Ordinal))
                ReadLong(argument[2..]);
            else if (argument.Length > 1 && argument[0] == '-')
                ReadLetters(argument);
            else
                _recipients.Add(argument);
        }
        return _read with { Settings = _settings, Recipients = _recipients };
    }

    private void ReadLong(string option)
    {
        var (name, attached) = option.IndexOf('=', StringComparison.Ordinal) is var equals and > 0 ? (option[..equals], option[(equals + 1)..]) : (option, null);
        switch (name)
        {
            case "config":
                _read = _read with { ConfigurationFile = attached ?? Next("--config") };
                return;
            case "queue":
                _settings[Settings.Queue.Key] = attached ?? Next("--queue");
                return;
            case "max-size":
                _settings[Settings.MaxSize.Key] = attached ?? Next("--max-size");
                return;
        }
        if (attached is not null)
            throw Usage($"--{option} is not understood; --help lists the options");
        _read = name switch
        {
            "flush" => _read with { Mode = SendMode.Flush },
            "help" => _read with { Mode = SendMode.Help },
            "explain" => _read with { Explains = true },
            "require-tls" => Demand(TlsDemand.RequireTls),
            "tls-required-no" => Demand(TlsDemand.TlsRequiredNo),
            _ => throw Usage($"--{name} is not understood; --help lists the options"),
        };
    }

    private void ReadLetters(string argument)
    {
        for (var at = 1; at < argument.Length; at++)
        {
            var letter = argument[at];
            if (ReadFlag(letter))
                continue;
            var rest = argument[(at + 1)..];
            if (letter is 'q' or 'd')
                ReadAttached(letter, rest);
            else if (WithValue.Contains(letter, StringComparison.Ordinal))
                ReadValue(letter, rest.Length > 0 ? rest : Next($"-{letter}"));
            else
                throw Usage($"-{letter} is not understood; --help lists the options");
            return;
        }
    }

    private bool ReadFlag(char letter)
    {
        if (Ignored.Contains(letter, StringComparison.Ordinal))
            return true;
        switch (letter)
        {
            case 't':
                _read = _read with { ReadsRecipients = true };
                return true;
            case 'i':
                _read = _read with { Dots = DotRule.IsContent };
                return true;
            case 'v':
                _read = _read with { Explains = true };
                return true;
            default:
                return false;
        }
    }

    // A value of these is never in the next argument. -q with one would be a daemon, which this is not.
    private void ReadAttached(char letter, string value)
    {
        if (letter == 'd')
            return;
        if (value.Length > 0)
            throw Usage($"-q{value} is not served: run -q, or --flush, from a timer");
        _read = _read with { Mode = SendMode.Flush };
    }

    private void ReadValue(char letter, string value)
    {
        if (IgnoredWithValue.Contains(letter, StringComparison.Ordinal))
            return;
        _read = letter switch
        {
            'f' or 'r' => _read with { Sender = value is "<>" ? "" : value },
            'F' => _read with { FullName = value },
            'C' => _read with { ConfigurationFile = value },
            'N' => _read with { Notify = Notify(value) },
            'R' => _read with { Return = Return(value) },
            'V' => _read with { EnvelopeId = EnvelopeId(value) },
            'b' => value == "m" ? _read : throw Usage($"-b{value} is not served: only -bm, sending a message, is"),
            'B' => value.ToUpperInvariant() is "7BIT" or "8BITMIME" ? _read : throw Usage($"-B{value} is neither 7BIT nor 8BITMIME"),   // the content tells which it is
            _ => Old(value),
        };
    }

    // The settings of old, by -o.
    private SendArguments Old(string value) => value switch
    {
        "i" => _read with { Dots = DotRule.IsContent },
        "dq" => _read with { Mode = SendMode.QueueOnly },
        _ when value.Length > 0 && IgnoredOfO.Contains(value[0], StringComparison.Ordinal) => _read,
        _ => throw Usage($"-o{value} is not understood; --help lists the options"),
    };

    private SendArguments Demand(TlsDemand demand) => _read.TlsDemand == TlsDemand.Default || _read.TlsDemand == demand
        ? _read with { TlsDemand = demand }
        : throw Usage("--require-tls and --tls-required-no exclude each other");

    private static DsnNotify Notify(string value) => DsnParameters.TryReadNotify(Encoding.UTF8.GetBytes(value), out var notify) ? notify
        : throw Usage($"-N{value} is neither 'never' nor some of 'failure', 'delay' and 'success' with commas");

    private static DsnReturn Return(string value) => DsnParameters.TryReadReturn(Encoding.UTF8.GetBytes(value), out var content) ? content
        : throw Usage($"-R{value} is neither 'full' nor 'hdrs'");

    private static string EnvelopeId(string value) => DsnParameters.TryReadEnvelopeId(Encoding.ASCII.GetBytes(Xtext.Encode(value)), out var id) ? id
        : throw Usage("the value of -V is too long, or not printable ASCII");

    private string Next(string option) => _at < arguments.Count ? arguments[_at++] : throw Usage($"{option} needs a value");

    private static CommandException Usage(string sentence) => new(ExitCode.Usage, $"{sentence}.");
}
