using DaneCheck.Checking;

namespace DaneCheck.Running;

/// <summary>The exit codes of the program.</summary>
internal static class ExitCode
{
    /// <summary>Every address of every host is verified by DANE; or the lookup has an answer.</summary>
    public const int Verified = 0;

    /// <summary>At least one host or address fails, or an answer is bogus.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Nothing fails, but DANE does not protect every host.</summary>
    public const int Unprotected = 3;

    /// <summary>EX_SOFTWARE: a fault in this program.</summary>
    public const int Software = 70;

    /// <summary>EX_TEMPFAIL: the DNS or a server did not answer, so that nothing can be said.</summary>
    public const int TemporaryFailure = 75;

    public static int Of(CheckVerdict verdict) => verdict switch
    {
        CheckVerdict.Verified => Verified,
        CheckVerdict.Unprotected => Unprotected,
        CheckVerdict.Unknown => TemporaryFailure,
        _ => Failed,
    };
}
