namespace Mail.Security.Transports;

/// <summary>The version of a PROXY header.</summary>
public enum ProxyHeaderVersion : byte
{
    /// <summary>The binary header.</summary>
    V2 = 0,

    /// <summary>The line of text.</summary>
    V1,
}
