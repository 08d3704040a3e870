namespace Mail.Security.SmtpServer;

/// <summary>What came of a login.</summary>
public enum SmtpLoginOutcome : byte
{
    /// <summary>Neither: it goes on, or whoever had to say could not.</summary>
    Undecided = 0,

    /// <summary>It was refused for good: the credentials are wrong, or the handler lets this client not in.</summary>
    Failed,

    /// <summary>The client has logged in.</summary>
    Succeeded,
}
