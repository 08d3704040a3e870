using System.Globalization;

namespace Mail.Security.Dnssec;

/// <summary>The place of a service: a host and port, and in which order they are tried.</summary>
/// <param name="Priority">The priority; the lowest is tried first.</param>
/// <param name="Weight">The share among equal priorities; zero where there is nothing to choose.</param>
/// <param name="Port">The port.</param>
/// <param name="Target">The host; empty where the service is declared not to exist, by the root as its target.</param>
public readonly record struct SrvRecord(ushort Priority, ushort Weight, ushort Port, DomainName Target)
{
    /// <summary>True when the domain says that it does not offer the service. Such a record is always the only one of its answer.</summary>
    public bool IsUnavailable => Target.IsEmpty;

    /// <summary>The record as in a zone file: <c>0 5 993 imap.example.com.</c></summary>
    /// <returns>Three numbers, the target and a dot.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Priority} {Weight} {Port} {Target}.");
}
