using System.Net;
using System.Security.Cryptography.X509Certificates;
using DaneCheck.Keys;
using Mail.Security;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;

namespace DaneCheck.Arguments;

/// <summary>What the command line says, with the files it names read.</summary>
internal sealed record CheckArguments
{
    public CheckMode Mode { get; init; }

    public CheckWay Way { get; init; }

    /// <summary>The domain or host to check, the name to look up, or the host to make records for.</summary>
    public DomainName Name { get; init; }

    /// <summary>The type to look up.</summary>
    public string Type { get; init; } = "";

    /// <summary>--resolver; empty for those of the system.</summary>
    public IReadOnlyList<IPEndPoint> Resolvers { get; init; } = [];

    /// <summary>--mode.</summary>
    public DnssecMode Dnssec { get; init; }

    /// <summary>--trust-anchor; null for the root's.</summary>
    public IReadOnlyList<TrustAnchor>? Anchors { get; init; }

    /// <summary>--negative-trust-anchor: names at and below which nothing is validated.</summary>
    public IReadOnlyList<NegativeTrustAnchor> NegativeAnchors { get; init; } = [];

    /// <summary>--ca: roots for what is verified by a chain besides DANE; null for none but the system's.</summary>
    public X509Certificate2Collection? Roots { get; init; }

    /// <summary>--port, or what stands behind the name of a host; null for the usual one.</summary>
    public int? Port { get; init; }

    /// <summary>--tls: how a session with a submission server comes to TLS; null for what its port or its SRV record says.</summary>
    public SubmissionTls? Tls { get; init; }

    /// <summary>--insecure-mx.</summary>
    public InsecureMxPolicy InsecureMx { get; init; }

    /// <summary>--next: the keys that are to be put in place.</summary>
    public IReadOnlyList<KeyMaterial> NextKeys { get; init; } = [];

    /// <summary>--make-record; null in every other mode.</summary>
    public KeyMaterial? Material { get; init; }

    /// <summary>--usage; null for DANE-EE(3).</summary>
    public TlsaUsage? Usage { get; init; }

    /// <summary>--selector; null for what is advised for the usage.</summary>
    public TlsaSelector? Selector { get; init; }

    /// <summary>--matching; null for SHA2-256(1).</summary>
    public TlsaMatching? Matching { get; init; }

    /// <summary>--hello; empty for the machine's name.</summary>
    public DomainName HelloName { get; init; }

    /// <summary>--timeout: the longest lookup, and the longest wait for a server.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>--limit: the longest check; null for ten times <see cref="Timeout"/>.</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>How long the whole check may take.</summary>
    public TimeSpan EffectiveLimit => Limit ?? 10 * Timeout;

    /// <summary>--json.</summary>
    public OutputForm Form { get; init; }
}
