namespace SendMail.Running;

/// <summary>The exit codes of the program, which are those of sysexits.h: what callers of sendmail look at.</summary>
internal static class ExitCode
{
    /// <summary>EX_OK: the server took the message for every recipient, or it is in the queue.</summary>
    public const int Ok = 0;

    /// <summary>EX_USAGE: the command line is wrong, or names no recipient.</summary>
    public const int Usage = 64;

    /// <summary>EX_DATAERR: the message or an address is wrong.</summary>
    public const int DataError = 65;

    /// <summary>EX_NOUSER: a recipient does not exist.</summary>
    public const int NoUser = 67;

    /// <summary>EX_UNAVAILABLE: the message was refused for another reason, for good.</summary>
    public const int Unavailable = 69;

    /// <summary>EX_SOFTWARE: a fault in this program.</summary>
    public const int Software = 70;

    /// <summary>EX_IOERR: the message could not be read, or the queue not be written.</summary>
    public const int IOError = 74;

    /// <summary>EX_TEMPFAIL: the message was not taken, and may be later.</summary>
    public const int TemporaryFailure = 75;

    /// <summary>EX_NOPERM: the server does not let this account in, or not do this.</summary>
    public const int NoPermission = 77;

    /// <summary>EX_CONFIG: the configuration is wrong.</summary>
    public const int Configuration = 78;
}
