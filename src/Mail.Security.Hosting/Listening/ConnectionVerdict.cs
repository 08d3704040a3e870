using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting;

/// <summary>Whether a connection may be served.</summary>
internal enum ConnectionVerdict : byte
{
    /// <summary>All places are taken.</summary>
    TooMany = 0,

    /// <summary>The client's address has all its places.</summary>
    TooManyFromAddress,

    /// <summary>The network of the client's address has all its places.</summary>
    TooManyFromNetwork,

    /// <summary>The client's address made too many connections lately.</summary>
    TooFast,

    /// <summary>So much mail is held that no more is begun.</summary>
    NoRoom,

    /// <summary>It has a place until it leaves.</summary>
    Admitted,
}

/// <summary>What is said and counted about a verdict.</summary>
internal static class ConnectionVerdicts
{
    /// <summary>The text of the greeting 421: which limit it was.</summary>
    public static string Text(this ConnectionVerdict verdict) => verdict switch
    {
        ConnectionVerdict.TooManyFromAddress => "Too many connections from your address, try again later",
        ConnectionVerdict.TooManyFromNetwork => "Too many connections from your network, try again later",
        ConnectionVerdict.TooFast => "Too many connections from your address in a short time, try again later",
        ConnectionVerdict.NoRoom => "Too much mail is being taken in, try again later",
        _ => "Too many connections, try again later",
    };

    public static SmtpConnectionLimit Limit(this ConnectionVerdict verdict) => verdict switch
    {
        ConnectionVerdict.TooMany => SmtpConnectionLimit.Total,
        ConnectionVerdict.TooManyFromAddress => SmtpConnectionLimit.Address,
        ConnectionVerdict.TooManyFromNetwork => SmtpConnectionLimit.Network,
        ConnectionVerdict.TooFast => SmtpConnectionLimit.Rate,
        ConnectionVerdict.NoRoom => SmtpConnectionLimit.MailData,
        _ => SmtpConnectionLimit.Unspecified,
    };
}
