using DnsClient;
using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>An answer that was read whole and belongs to our question.</summary>
internal sealed record DnsMessage
{
    public const int HeaderLength = 12;

    /// <summary>The message; the records point into it.</summary>
    public required ReadOnlyMemory<byte> Wire { get; init; }

    /// <summary>The response code, with the upper bits from OPT (RFC 6891 §6.1.3).</summary>
    public required DnsResponseCode Code { get; init; }

    /// <summary>The TC bit: more than the transport carries.</summary>
    public required bool IsTruncated { get; init; }

    /// <summary>The AD bit, from whoever sent it (RFC 4035 §3.2.3); clear where the answer has no OPT or has the CD bit, and so says nothing of DNSSEC.</summary>
    public required bool IsAuthenticData { get; init; }

    /// <summary>The answer section, class IN only, signatures included.</summary>
    public required IReadOnlyList<RawRecord> Answers { get; init; }

    /// <summary>The authority section, class IN only, denials and signatures included.</summary>
    public required IReadOnlyList<RawRecord> Authority { get; init; }

    /// <summary>True for name servers without an SOA and without an answer, which say nothing of the name (RFC 2308 §2.2).</summary>
    public bool IsReferral => Code == DnsResponseCode.NoError && Answers.Count == 0
        && Authority.Any(record => record.Type == ResourceRecordType.NS) && !Authority.Any(record => record.Type == ResourceRecordType.SOA);

    /// <summary>The extended error: one that blames DNSSEC before any other (RFC 8914 §2 allows several).</summary>
    public ExtendedDnsError? Error { get; init; }
}
