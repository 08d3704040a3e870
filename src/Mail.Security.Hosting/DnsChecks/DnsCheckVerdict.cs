namespace Mail.Security.Hosting;

/// <summary>What a check came to.</summary>
public enum DnsCheckVerdict : byte
{
    /// <summary>The DNS did not answer: it is not known.</summary>
    Unknown = 0,

    /// <summary>Receivers will refuse or doubt the mail.</summary>
    Failed,

    /// <summary>Some receivers may doubt the mail.</summary>
    Warning,

    /// <summary>As it should be.</summary>
    Ok,
}
