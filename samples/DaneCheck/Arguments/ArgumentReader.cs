using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DaneCheck.Lookups;
using DaneCheck.Running;
using Mail.Security;
using Mail.Security.Dnssec;

namespace DaneCheck.Arguments;

/// <summary>Reads the command line: options and their values in any order, a value behind its option or attached by '='.</summary>
internal sealed class ArgumentReader(IReadOnlyList<string> arguments)
{
    private const int DnsPort = 53;
    private readonly List<string> _operands = [];
    private CheckArguments _read = new();
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
        if (name is "--json" or "--lookup")
        {
            if (attached is not null)
                throw new UsageException($"{name} has no value.");
            _read = name == "--json" ? _read with { Form = OutputForm.Json } : _read with { Mode = CheckMode.Lookup };
            return;
        }
        if (name is not ("--resolver" or "--mode" or "--trust-anchor" or "--ca" or "--port" or "--hello" or "--timeout"))
            throw new UsageException($"{name} is not understood; --help lists the options.");
        var value = attached ?? (_at < arguments.Count ? arguments[_at++] : throw new UsageException($"{name} needs a value."));
        _read = name switch
        {
            "--resolver" => _read with { Resolvers = [.. _read.Resolvers, Resolver(value)] },
            "--mode" => _read with { Dnssec = Dnssec(value) },
            "--trust-anchor" => _read with { Anchors = Anchors(value) },
            "--ca" => _read with { Roots = Roots(value) },
            "--port" => _read with { Port = Number(name, value, 1, ushort.MaxValue) },
            "--timeout" => _read with { Timeout = TimeSpan.FromSeconds(Number(name, value, 1, 300)) },
            _ => _read with { HelloName = DomainName.TryParse(value, out var hello) ? hello : throw new UsageException($"{name}: '{value}' is no name.") },
        };
    }

    private CheckArguments ReadDomain()
    {
        if (_operands.Count != 1)
            throw new UsageException(_operands.Count == 0 ? "Which domain is to be checked? --help tells more." : "One domain at a time.");
        return DomainName.TryParse(_operands[0], out var domain) ? _read with { Name = domain } : throw new UsageException($"'{_operands[0]}' is no domain.");
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
        return DomainName.TryParseLax(_operands[0], out var name) ? _read with { Name = name, Type = type } : throw new UsageException($"'{_operands[0]}' is no name.");
    }

    private static IPEndPoint Resolver(string value) => !IPEndPoint.TryParse(value, out var end) ? throw new UsageException($"--resolver: '{value}' is no address.")
        : end.Port == 0 ? new IPEndPoint(end.Address, DnsPort) : end;

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
