using System.Diagnostics.CodeAnalysis;
using DaneCheck.Arguments;
using DaneCheck.Checking;
using DaneCheck.Lookups;
using DaneCheck.Printing;
using Mail.Security.Dnssec;

namespace DaneCheck.Running;

/// <summary>The whole command.</summary>
internal static class DaneCheckCommand
{
    private static readonly TimeSpan LongestQuery = TimeSpan.FromSeconds(5);

    /// <summary>Runs it.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "A fault of the program has an exit code too, by which a script tells it from a verdict.")]
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, Painter painter, CancellationToken cancellationToken)
    {
        try
        {
            var read = new ArgumentReader(arguments).Read();
            if (read.Mode == CheckMode.Help)
                return HelpCommand.Print(output);
            if (read.Mode == CheckMode.MakeRecord)
                return MakeRecordCommand.Run(read, output);
            using var resolver = Resolver(read);
            return read.Mode == CheckMode.Lookup
                ? await LookUpAsync(read, resolver, output, painter, cancellationToken)
                : await CheckAsync(read, resolver, output, painter, cancellationToken);
        }
        catch (UsageException exception)
        {
            return Refuse(error, ExitCode.Usage, exception.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Refuse(error, ExitCode.TemporaryFailure, "Stopped.");
        }
        catch (Exception exception)
        {
            return Refuse(error, ExitCode.Software, exception.ToString());
        }
    }

    private static async Task<int> CheckAsync(CheckArguments read, DnssecResolver resolver, TextWriter output, Painter painter, CancellationToken cancellationToken)
    {
        using var check = new DomainCheck(read, resolver);
        var report = await check.RunAsync(resolver.Path.ToString(), cancellationToken);
        if (read.Form == OutputForm.Json)
            output.WriteLine(ReportJson.Write(report));
        else
            new ReportText(output, painter).Write(report);
        return report.ExitCode;
    }

    private static async Task<int> LookUpAsync(CheckArguments read, DnssecResolver resolver, TextWriter output, Painter painter, CancellationToken cancellationToken)
    {
        var log = new LookupLog(resolver);
        await LookupTypes.AskAsync(log, read.Name, read.Type, cancellationToken);
        var report = new LookupReport { Resolver = resolver.Path.ToString(), Lookup = log.Take()[0] };
        if (read.Form == OutputForm.Json)
            output.WriteLine(ReportJson.Write(report));
        else
            new ReportText(output, painter).Write(report);
        return report.ExitCode;
    }

    private static DnssecResolver Resolver(CheckArguments read)
    {
        try
        {
            return new DnssecResolver(Options(read));
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(exception.Message);        // options that are right each and do not go together
        }
    }

    private static DnssecResolverOptions Options(CheckArguments read) => new()
    {
        Servers = read.Resolvers,
        Mode = read.Dnssec,
        // Who asks for the AD bit by its name vouches for the path to the server.
        AdTrust = read.Dnssec == DnssecMode.AdBit ? AdTrust.Trust : AdTrust.Auto,
        TrustAnchors = read.Anchors ?? TrustAnchors.Root,
        NegativeTrustAnchors = read.NegativeAnchors,
        LookupTimeout = read.Timeout,
        QueryTimeout = read.Timeout < LongestQuery ? read.Timeout : LongestQuery,
    };

    private static int Refuse(TextWriter error, int exitCode, string sentences)
    {
        foreach (var sentence in sentences.Split('\n'))
            error.WriteLine($"DaneCheck: {sentence}");
        return exitCode;
    }
}
