namespace SendMail.Running;

/// <summary>Ends the command before anything was sent or queued.</summary>
/// <param name="exitCode">One of <see cref="Running.ExitCode"/>.</param>
/// <param name="sentence">Why, for the error output.</param>
internal sealed class CommandException(int exitCode, string sentence) : Exception(sentence)
{
    public int ExitCode { get; } = exitCode;
}
