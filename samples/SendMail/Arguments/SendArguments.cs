using Mail.Security;
using Mail.Security.Smtp;

namespace SendMail.Arguments;

/// <summary>What the command line says.</summary>
internal sealed record SendArguments
{
    public SendMode Mode { get; init; }

    /// <summary>-t: recipients are those of the header, and those of the command line.</summary>
    public bool ReadsRecipients { get; init; }

    /// <summary>-i, -oi.</summary>
    public DotRule Dots { get; init; }

    /// <summary>-f, -r: the sender of the envelope as it was given; null when it was not, empty for the null path.</summary>
    public string? Sender { get; init; }

    /// <summary>-F: the name beside the address in a From field that is added.</summary>
    public string FullName { get; init; } = "";

    /// <summary>-N.</summary>
    public DsnNotify Notify { get; init; }

    /// <summary>-R.</summary>
    public DsnReturn Return { get; init; }

    /// <summary>-V.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>--require-tls, --tls-required-no.</summary>
    public TlsDemand TlsDemand { get; init; }

    /// <summary>--explain, -v.</summary>
    public bool Explains { get; init; }

    /// <summary>--config, -C.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>Settings of the command line, such as that of --queue; they override all others.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The recipients, each argument one address or several with commas.</summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];
}
