using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>One question of class IN.</summary>
internal readonly record struct Question(DomainName Name, ResourceRecordType Type)
{
    /// <summary>What is made of the answer; nothing the servers see.</summary>
    public RecordForm Form { get; init; }

    /// <summary>A failure in a sentence that begins with the question, once.</summary>
    public string Tell(string detail) => detail.StartsWith($"{this}:", StringComparison.Ordinal) ? detail : $"{this}: {detail}";

    public override string ToString() => $"{(Name.IsEmpty ? "." : Name.Ascii)} {DnssecTypes.Name(Type)}";
}
