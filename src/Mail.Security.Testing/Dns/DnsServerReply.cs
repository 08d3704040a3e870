namespace Mail.Security.Testing;

/// <summary>What the test server sends, and how.</summary>
internal sealed record DnsServerReply(byte[] Message, DnsServerEnding Ending);

/// <summary>What becomes of the connection, where there is one.</summary>
internal enum DnsServerEnding : byte
{
    Whole,
    Broken,
}
