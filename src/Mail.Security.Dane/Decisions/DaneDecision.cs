using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>What DANE demands of connections to one server, named by what the sender must do (RFC 7672 §2.2). A closed set of cases.</summary>
public abstract record DaneDecision
{
    private protected DaneDecision()
    {
    }

    /// <summary>DANE says nothing about this server: send as without DANE.</summary>
    /// <param name="Why">The reason by which this is counted.</param>
    /// <param name="Detail">The same for people: the names and their security. One line.</param>
    public sealed record NotApplicable(DaneInapplicability Why, string Detail) : DaneDecision;

    /// <summary>TLS is mandatory and the server must match the policy, by a <see cref="DaneVerifier"/>; else the server must not be used.</summary>
    /// <param name="Policy">The records and names; it has at least one usable record.</param>
    public sealed record Authenticate(DanePolicy Policy) : DaneDecision;

    /// <summary>TLS is mandatory, but no certificate can be verified: every secure record is unusable. Never send in the clear.</summary>
    /// <param name="Policy">The records; it has no usable one.</param>
    public sealed record EncryptOnly(DanePolicy Policy) : DaneDecision;

    /// <summary>It cannot be known what DANE demands: the server must not be used now (RFC 7672 §2.1.2).</summary>
    /// <param name="Reason">What went wrong with the lookup; <see cref="DnsFailure.Unspecified"/> as well where the records are over <see cref="DaneLimits"/>.</param>
    /// <param name="Error">The extended error the resolver's server gave (RFC 8914), when it gave one.</param>
    /// <param name="TlsaBase">The base name whose lookup failed.</param>
    /// <param name="Detail">One line for people.</param>
    public sealed record Defer(DnsFailure Reason, ExtendedDnsError? Error, DomainName TlsaBase, string Detail) : DaneDecision;
}
