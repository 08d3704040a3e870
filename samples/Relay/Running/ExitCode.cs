namespace Relay.Running;

/// <summary>The exit codes of the program.</summary>
internal static class ExitCode
{
    /// <summary>It did what it was told, and stopped in order.</summary>
    public const int Ok = 0;

    /// <summary>It could not start, or the demonstration did not see what it expected.</summary>
    public const int Failed = 1;

    /// <summary>Its configuration is wrong; every problem was written to the error output.</summary>
    public const int BadConfiguration = 2;

    /// <summary>The DNS did not answer: what was asked is not known now.</summary>
    public const int TryAgain = 75;
}
