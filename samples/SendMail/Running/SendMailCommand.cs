using System.Diagnostics.CodeAnalysis;
using SendMail.Arguments;
using SendMail.Configuration;
using SendMail.Queueing;
using SendMail.Submitting;

namespace SendMail.Running;

/// <summary>The whole command.</summary>
internal static class SendMailCommand
{
    /// <summary>Runs it.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "A fault of the program has an exit code too, by which the caller keeps the message.")]
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, SendMailEnvironment environment, CancellationToken cancellationToken)
    {
        try
        {
            var read = new ArgumentReader(arguments).Read();
            if (read.Mode == SendMode.Help)
                return HelpCommand.Print(environment.Output);
            var configuration = new ConfigurationReader(SettingSources.Read(read, environment)).Read();
            var explanation = new Explanation(read.Explains ? environment.Output : TextWriter.Null);
            return read.Mode == SendMode.Flush
                ? await new FlushCommand(configuration, environment, explanation).RunAsync(cancellationToken)
                : await new SendCommand(read, configuration, environment, explanation).RunAsync(cancellationToken);
        }
        catch (CommandException exception)
        {
            return Refuse(environment, exception.ExitCode, exception.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Refuse(environment, ExitCode.TemporaryFailure, "Stopped by a signal.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Refuse(environment, ExitCode.IOError, exception.Message);
        }
        catch (Exception exception)
        {
            return Refuse(environment, ExitCode.Software, exception.ToString());
        }
    }

    private static int Refuse(SendMailEnvironment environment, int exitCode, string sentences)
    {
        foreach (var sentence in sentences.Split('\n'))
            environment.Error.WriteLine($"SendMail: {sentence}");
        return exitCode;
    }
}
