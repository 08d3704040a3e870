namespace Mail.Security.Testing;

/// <summary>An answer of <see cref="SignedDnsServer"/> before it is octets.</summary>
/// <param name="Code">The response code: 0 for NOERROR, 3 for NXDOMAIN.</param>
/// <param name="Answers">The answer section.</param>
/// <param name="Authority">The authority section: SOA and the records that deny.</param>
public sealed record SignedDnsAnswer(int Code, IReadOnlyList<SignedDnsRecord> Answers, IReadOnlyList<SignedDnsRecord> Authority)
{
    /// <summary>The answer with every record changed.</summary>
    /// <param name="change">Gives another record in its place; null takes it away.</param>
    /// <returns>The answer.</returns>
    public SignedDnsAnswer Select(Func<SignedDnsRecord, SignedDnsRecord?> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return this with { Answers = [.. Answers.Select(change).OfType<SignedDnsRecord>()], Authority = [.. Authority.Select(change).OfType<SignedDnsRecord>()] };
    }
}
