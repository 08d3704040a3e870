using System.Net;
using DaneCheck.Keys;
using DaneCheck.Lookups;
using DaneCheck.Running;
using Mail.Security;
using Mail.Security.Dnssec;
using static DaneCheck.Arguments.ArgumentValues;

namespace DaneCheck.Arguments;

/// <summary>Reads the command line: options and their values in any order, a value behind its option or attached by '='.</summary>
internal sealed class ArgumentReader(IReadOnlyList<string> arguments)
{
    private const int MostBelowWildcard = 251;

    private static readonly string[] Flags = ["--json", "--lookup", "--smarthost", "--submission"];

    private static readonly string[] WithValue =
    [
        "--resolver", "--mode", "--trust-anchor", "--negative-trust-anchor", "--ca", "--port", "--tls", "--insecure-mx", "--next", "--hello", "--timeout", "--limit", "--make-record", "--usage", "--selector", "--matching",
    ];

    private readonly List<string> _operands = [];
    private CheckArguments _read = new();
    private string? _mode;
    private int _at;

    /// <summary>Reads everything.</summary>
    /// <exception cref="UsageException">An option is unknown, lacks its value or has a wrong one, or there is not what the mode needs.</exception>
    public CheckArguments Read()
    {
        while (_at < arguments.Count)
        {
            var argument = arguments[_at++];
            if (argument is "-h" or "--help")
                return new CheckArguments { Mode = CheckMode.Help };
            if (argument.StartsWith("--", StringComparison.Ordinal))
                ReadOption(argument);
            else if (argument.StartsWith('-'))
                throw new UsageException($"{argument} is not understood; --help lists the options.");
            else
                _operands.Add(argument);
        }
        if (_read.Mode != CheckMode.MakeRecord && (_read.Usage, _read.Selector, _read.Matching) != (null, null, null))
            throw new UsageException("--usage, --selector and --matching are for --make-record.");
        return _read.Mode switch
        {
            CheckMode.Lookup => ReadLookup(),
            CheckMode.MakeRecord => ReadOwner(),
            _ => ReadDomain(),
        };
    }

    private void ReadOption(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var (name, attached) = equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
        if (Flags.Contains(name))
        {
            if (attached is not null)
                throw new UsageException($"{name} has no value.");
            ReadFlag(name);
            return;
        }
        if (!WithValue.Contains(name))
            throw new UsageException($"{name} is not understood; --help lists the options.");
        ReadValue(name, attached ?? (_at < arguments.Count ? arguments[_at++] : throw new UsageException($"{name} needs a value.")));
    }

    private void ReadFlag(string name)
    {
        if (name == "--json")
        {
            _read = _read with { Form = OutputForm.Json };
            return;
        }
        SetMode(name);
        _read = name switch
        {
            "--lookup" => _read with { Mode = CheckMode.Lookup },
            "--smarthost" => _read with { Way = CheckWay.Smarthost },
            _ => _read with { Way = CheckWay.Submission },
        };
    }

    private void ReadValue(string name, string value)
    {
        if (name == "--make-record")
            SetMode(name);
        _read = name switch
        {
            "--resolver" => _read with { Resolvers = [.. _read.Resolvers, Resolver(value)] },
            "--mode" => _read with { Dnssec = Dnssec(value) },
            "--trust-anchor" => _read with { Anchors = Anchors(value) },
            "--negative-trust-anchor" => _read with { NegativeAnchors = [.. _read.NegativeAnchors, new NegativeTrustAnchor(Domain(value))] },
            "--ca" => _read with { Roots = Roots(value) },
            "--port" => _read with { Port = Number(name, value, 1, ushort.MaxValue) },
            "--tls" => _read with { Tls = Tls(value) },
            "--insecure-mx" => _read with { InsecureMx = InsecureMx(value) },
            "--next" => _read with { NextKeys = [.. _read.NextKeys, KeyFileReader.Read(name, value)] },
            "--make-record" => _read with { Mode = CheckMode.MakeRecord, Material = KeyFileReader.Read(name, value) },
            "--usage" => _read with { Usage = (TlsaUsage)Number(name, value, 0, 3) },
            "--selector" => _read with { Selector = (TlsaSelector)Number(name, value, 0, 1) },
            "--matching" => _read with { Matching = (TlsaMatching)Number(name, value, 0, 2) },
            "--timeout" => _read with { Timeout = TimeSpan.FromSeconds(Number(name, value, 1, 300)) },
            "--limit" => _read with { Limit = TimeSpan.FromSeconds(Number(name, value, 1, 3600)) },
            _ => _read with { HelloName = DomainName.TryParse(value, out var hello) ? hello : throw new UsageException($"{name}: '{value}' is no name.") },
        };
    }

    private void SetMode(string name)
    {
        if (_mode is not null && (_mode != name || name == "--make-record"))
            throw new UsageException(_mode == name ? $"{name} is given twice." : $"{_mode} and {name} do not go together.");
        _mode = name;
    }

    private CheckArguments ReadDomain()
    {
        if (_operands.Count != 1)
            throw new UsageException(_operands.Count == 0 ? "Which domain is to be checked? --help tells more." : "One domain at a time.");
        if (_read.Tls is not null && _read.Way != CheckWay.Submission)
            throw new UsageException("--tls is for --submission; between mail hosts TLS comes by STARTTLS.");
        if (_read.InsecureMx != default && _read.Way != CheckWay.Exchangers)
            throw new UsageException($"--insecure-mx has no meaning with {_mode}.");
        return _read.Way == CheckWay.Exchangers ? _read with { Name = Domain(_operands[0]) } : ReadHost(_operands[0]);
    }

    // The records may be made for no name in particular: then they are written without an owner.
    private CheckArguments ReadOwner()
    {
        if (_read.NextKeys.Count > 0)
            throw new UsageException("--make-record and --next do not go together.");
        return _operands.Count switch
        {
            0 when _read.Port is null => _read,
            0 => throw new UsageException("--port needs the name of a host beside it."),
            1 => ReadHost(_operands[0]),
            _ => throw new UsageException("One host at a time."),
        };
    }

    private CheckArguments ReadHost(string host)
    {
        var colon = host.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return _read with { Name = Domain(host) };
        if (_read.Port is not null)
            throw new UsageException("The port is given twice.");
        return _read with { Name = Domain(host[..colon]), Port = Number(_mode!, host[(colon + 1)..], 1, ushort.MaxValue) };
    }

    private CheckArguments ReadLookup()
    {
        if (_operands.Count != 2)
            throw new UsageException("--lookup needs a name and a type.");
        var type = _operands[1].ToUpperInvariant();
        if (!LookupTypes.IsKnown(type))
            throw new UsageException($"Type {_operands[1]} is neither one of {string.Join(", ", LookupTypes.All)} nor TYPE with a number.");
        // The PTR record of an address is what one means by it.
        if (type == "PTR" && IPAddress.TryParse(_operands[0], out var address))
            return _read with { Name = ReverseName.Of(address), Type = type };
        if (_operands[0] == ".")
            return LookupTypes.IsOfTheRoot(type) ? _read with { Type = type } : throw new UsageException($"The root has no {type} record; DNSKEY, NS, SOA and TYPE with a number can be asked for.");
        return TryReadOwner(_operands[0], out var name) ? _read with { Name = name, Type = type } : throw new UsageException($"'{_operands[0]}' is no name.");
    }

    // The owner of a wildcard is a name like others to whoever asks for it (RFC 4592 §2.2.1); the dot at the end is that of zone files.
    private static bool TryReadOwner(string text, out DomainName name)
    {
        var bare = text.EndsWith('.') ? text[..^1] : text;
        if (!bare.StartsWith("*.", StringComparison.Ordinal))
            return DomainName.TryParseLax(bare, out name);
        var isName = DomainName.TryParseLax(bare[2..], out name) && name.Ascii.Length <= MostBelowWildcard;
        name = isName ? name.Prepend("*") : default;
        return isName;
    }
}
