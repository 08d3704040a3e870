namespace Mail.Security.Testing;

/// <summary>One question the test server got.</summary>
/// <param name="Name">The name; empty for the root.</param>
/// <param name="Type">The type, known to the enumeration or not.</param>
/// <param name="Transport">How it came.</param>
/// <param name="Message">The whole message as it came.</param>
public sealed record DnsServerQuery(DomainName Name, DnsRecordType Type, DnsTransport Transport, ReadOnlyMemory<byte> Message);
