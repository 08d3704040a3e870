using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DaneCheck.Lookups;
using DaneCheck.Running;
using Mail.Security;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;

namespace DaneCheck.Arguments;

/// <summary>Reads the command line: options and their values in any order, a value behind its option or attached by '='.</summary>
internal sealed class ArgumentReader(IReadOnlyList<string> arguments)
{
    private const int DnsPort = 53;
    private const int MostBelowWildcard = 251;
    private readonly List<string> _operands = [];
    private CheckArguments _read = new();
    private string? _mode;
    private int _at;

    /// <summary>Reads everything.</summary>
    /// <exception cref="UsageException">An option is unknown, lacks its value or has a wrong one, or there is not one domain.</exception>
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
        return _read.Mode == CheckMode.Lookup ? ReadLookup() : ReadDomain();
    }

    private void ReadOption(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var (name, attached) = equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
        if (name is "--json" or "--lookup" or "--smarthost" or "--submission")
        {
            if (attached is not null)
                throw new UsageException($"{name} has no value.");
            ReadFlag(name);
            return;
        }
        if (name is not ("--resolver" or "--mode" or "--trust-anchor" or "--ca" or "--port" or "--tls" or "--insecure-mx" or "--hello" or "--timeout"))
            throw new UsageException($"{name} is not understood; --help lists the options.");
        var value = attached ?? (_at < arguments.Count ? arguments[_at++] : throw new UsageException($"{name} needs a value."));
        _read = name switch
        {
            "--resolver" => _read with { Resolvers = [.. _read.Resolvers, Resolver(value)] },
            "--mode" => _read with { Dnssec = Dnssec(value) },
            "--trust-anchor" => _read with { Anchors = Anchors(value) },
            "--ca" => _read with { Roots = Roots(value) },
            "--port" => _read with { Port = Number(name, value, 1, ushort.MaxValue) },
            "--tls" => _read with { Tls = Tls(value) },
            "--insecure-mx" => _read with { InsecureMx = InsecureMx(value) },
            "--timeout" => _read with { Timeout = TimeSpan.FromSeconds(Number(name, value, 1, 300)) },
            _ => _read with { HelloName = DomainName.TryParse(value, out var hello) ? hello : throw new UsageException($"{name}: '{value}' is no name.") },
        };
    }

    private void ReadFlag(string name)
    {
        if (name == "--json")
        {
            _read = _read with { Form = OutputForm.Json };
            return;
        }
        if (_mode is not null && _mode != name)
            throw new UsageException($"{_mode} and {name} do not go together.");
        _mode = name;
        _read = name switch
        {
            "--lookup" => _read with { Mode = CheckMode.Lookup },
            "--smarthost" => _read with { Way = CheckWay.Smarthost },
            _ => _read with { Way = CheckWay.Submission },
        };
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

    private static IPEndPoint Resolver(string value) => !IPEndPoint.TryParse(value, out var end) ? throw new UsageException($"--resolver: '{value}' is no address.")
        : end.Port == 0 ? new IPEndPoint(end.Address, DnsPort) : end;

    private static DomainName Domain(string text) => DomainName.TryParse(text, out var domain) ? domain : throw new UsageException($"'{text}' is no domain.");

    private static SubmissionTls Tls(string value) => value switch
    {
        "starttls" => SubmissionTls.StartTls,
        "implicit" => SubmissionTls.Implicit,
        _ => throw new UsageException($"--tls: '{value}' is neither starttls nor implicit."),
    };

    private static InsecureMxPolicy InsecureMx(string value) => value switch
    {
        "opportunistic" => InsecureMxPolicy.Opportunistic,
        "dane" => InsecureMxPolicy.Dane,
        _ => throw new UsageException($"--insecure-mx: '{value}' is neither opportunistic nor dane."),
    };

    private static DnssecMode Dnssec(string value) => value switch
    {
        "auto" => DnssecMode.Auto,
        "ad" => DnssecMode.AdBit,
        "validate" => DnssecMode.Validate,
        _ => throw new UsageException($"--mode: '{value}' is none of ad, validate and auto."),
    };

    private static int Number(string name, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
            : throw new UsageException($"{name}: '{value}' is no number from {least} to {most}.");

    private static IReadOnlyList<TrustAnchor> Anchors(string file)
    {
        try
        {
            return TrustAnchors.Parse(File.ReadAllText(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new UsageException($"--trust-anchor {file}: {exception.Message}");
        }
    }

    private static X509Certificate2Collection Roots(string file)
    {
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(file);
            return roots.Count > 0 ? roots : throw new UsageException($"--ca {file}: there is no certificate.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException($"--ca {file}: {exception.Message}");
        }
    }
}
