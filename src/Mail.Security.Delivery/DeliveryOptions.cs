using System.Security.Cryptography.X509Certificates;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>How mail is delivered. Read once, when the planner and the agent are made.</summary>
public sealed class DeliveryOptions
{
    /// <summary>The name this host gives in EHLO (RFC 5321 §4.1.1.1). Must be set.</summary>
    public DomainName HelloName { get; set; }

    /// <summary>The TCP port of mail exchangers, also in the owner names of their TLSA records. Default 25, the only one MX delivery knows; another one is for laboratories.</summary>
    public int Port { get; set; } = 25;

    /// <summary>What DANE means for hosts whose names come from an insecure MX lookup. Default <see cref="InsecureMxPolicy.Opportunistic"/>.</summary>
    public InsecureMxPolicy InsecureMx { get; set; }

    /// <summary>Self-signed roots that are trusted besides those of the system where a certificate is verified by a chain; null for none. Not disposed of here.</summary>
    public X509Certificate2Collection? ExtraRoots { get; set; }

    /// <summary>How long each wait of a session may take. Default: those of RFC 5321 §4.5.3.2.</summary>
    public SmtpTimeouts Timeouts { get; set; } = SmtpTimeouts.Default;

    /// <summary>How many hosts of a domain one attempt looks at. Default 10; at least 1.</summary>
    public int MaxHosts { get; set; } = 10;

    /// <summary>How many addresses of one host an attempt dials, both families together (RFC 5321 §5.1 asks for two at least). Default 6; at least 1.</summary>
    public int MaxAddressesPerHost { get; set; } = 6;

    internal void Validate()
    {
        if (HelloName.IsEmpty)
            throw new ArgumentException("The name to say hello with must be set.", nameof(HelloName));
        if (Port is < 1 or > ushort.MaxValue)
            throw new ArgumentException("The port must be 1 to 65535.", nameof(Port));
        if (MaxHosts < 1)
            throw new ArgumentException("At least one host must be tried.", nameof(MaxHosts));
        if (MaxAddressesPerHost < 1)
            throw new ArgumentException("At least one address must be tried.", nameof(MaxAddressesPerHost));
        ArgumentNullException.ThrowIfNull(Timeouts);
    }
}
