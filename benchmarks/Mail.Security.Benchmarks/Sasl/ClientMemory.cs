namespace Mail.Security.Benchmarks.Sasl;

/// <summary>What a client has from the last login.</summary>
internal enum ClientMemory
{
    Nothing,
    Keys,
}
