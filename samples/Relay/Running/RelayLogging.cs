using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Relay.Configuration;

namespace Relay.Running;

/// <summary>Writes the log to the standard output.</summary>
internal static class RelayLogging
{
    public static void Add(ILoggingBuilder logging, RelayConfiguration configuration)
    {
        logging.SetMinimumLevel(configuration.LogLevel);
        // Why it cannot start is said once, in a sentence; a worker that breaks is logged as critical.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= LogLevel.Critical && level >= configuration.LogLevel);
        logging.Services.AddSingleton(TimeProvider.System);
        if (configuration.LogFormat == LogFormat.Json)
            logging.AddJsonConsole(options => (options.UseUtcTimestamp, options.TimestampFormat) = (true, "O"));
        else
            logging.AddConsole(options => options.FormatterName = LineFormatter.FormatterName).AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
    }
}
