using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting;

/// <summary>Whether a client may try to log in.</summary>
internal enum LoginVerdict : byte
{
    /// <summary>Too many logins from its address failed lately.</summary>
    TooManyFromAddress = 0,

    /// <summary>Too many from its network.</summary>
    TooManyFromNetwork,

    /// <summary>Too many from its address under the name it gave.</summary>
    TooManyUnderName,

    /// <summary>It may.</summary>
    Admitted,
}

/// <summary>What is said and counted about a verdict.</summary>
internal static class LoginVerdicts
{
    /// <summary>The text of the reply 454.</summary>
    public static string Text(this LoginVerdict verdict) => verdict switch
    {
        LoginVerdict.TooManyFromNetwork => "Too many failed logins from your network, try again later",
        LoginVerdict.TooManyUnderName => "Too many failed logins under this name from your address, try again later",
        _ => "Too many failed logins from your address, try again later",
    };

    public static SmtpConnectionLimit Limit(this LoginVerdict verdict) => verdict switch
    {
        LoginVerdict.TooManyFromNetwork => SmtpConnectionLimit.Network,
        LoginVerdict.TooManyUnderName => SmtpConnectionLimit.UserName,
        _ => SmtpConnectionLimit.Address,
    };
}
