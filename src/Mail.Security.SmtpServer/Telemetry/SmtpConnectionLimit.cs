namespace Mail.Security.SmtpServer;

/// <summary>Which limit of a listener a connection met.</summary>
public enum SmtpConnectionLimit : byte
{
    /// <summary>Not said.</summary>
    Unspecified,

    /// <summary>All connections together.</summary>
    Total,

    /// <summary>Those of one client's address.</summary>
    Address,

    /// <summary>Those of one network.</summary>
    Network,

    /// <summary>Those that one address made within a time.</summary>
    Rate,

    /// <summary>The mail that is held while it arrives.</summary>
    MailData,

    /// <summary>The failed logins of one address under one name.</summary>
    UserName,
}
