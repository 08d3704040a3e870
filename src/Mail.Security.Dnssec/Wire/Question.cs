using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>One question of class IN.</summary>
internal readonly record struct Question(DomainName Name, ResourceRecordType Type)
{
    public override string ToString() => $"{Name} {Type}";
}
