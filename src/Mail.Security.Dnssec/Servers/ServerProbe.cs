using System.Net;

namespace Mail.Security.Dnssec;

/// <summary>What <see cref="DnssecResolver.ProbeAsync"/> found out about one server.</summary>
/// <param name="Server">The server.</param>
/// <param name="Capability">What it is good for.</param>
/// <param name="Detail">What it was asked and what came: one line for people.</param>
public sealed record ServerProbe(IPEndPoint Server, ServerCapability Capability, string Detail)
{
    /// <summary>The finding as one line for people, made to be printed at start.</summary>
    /// <returns>Such as <c>192.0.2.1:53 strips DNSSEC records: it gives the keys of zone . without signatures</c>.</returns>
    public override string ToString()
    {
        var verdict = Capability switch
        {
            ServerCapability.NoAnswer => "does not answer",
            ServerCapability.Failing => "answers with errors",
            ServerCapability.NoTcp => "cuts answers off and has no TCP",
            ServerCapability.StripsDnssec => "strips DNSSEC records",
            ServerCapability.NotValidating => "does not validate",
            _ => "is capable",
        };
        return $"{Server} {verdict}: {Detail}";
    }
}
