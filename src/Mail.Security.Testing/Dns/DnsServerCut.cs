namespace Mail.Security.Testing;

/// <summary>Whether an answer is cut down to its question.</summary>
internal enum DnsServerCut : byte
{
    None,
    Empty,
}
