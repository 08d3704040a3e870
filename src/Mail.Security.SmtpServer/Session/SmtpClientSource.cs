namespace Mail.Security.SmtpServer;

/// <summary>Who told which address a session's client has.</summary>
public enum SmtpClientSource : byte
{
    /// <summary>The connection itself.</summary>
    Connection = 0,

    /// <summary>A trusted proxy, by a PROXY header.</summary>
    ProxyHeader,

    /// <summary>A trusted proxy, by XCLIENT with ADDR.</summary>
    Xclient,
}
