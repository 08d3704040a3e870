using System.Collections.Concurrent;
using System.Net;
using Mail.Security.SmtpServer;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Relay.Configuration;
using Relay.Demo;
using Relay.Running;

namespace Relay.Tests;

/// <summary>The setting ProtocolLog, changed in its file while the relay runs.</summary>
public sealed class ProtocolLogTests : RelayTest
{
    [Fact]
    public async Task File_Changed_IsFollowedAndWrongOnesAreNot()
    {
        var folder = Directory.CreateTempSubdirectory("relay-protocol-log-");
        try
        {
            var file = Path.Combine(folder.FullName, "relay.json");
            await File.WriteAllTextAsync(file, """{ "ProtocolLog": "192.0.2.7" }""", Token);
            var line = CommandLine.Parse(["--config", file]);
            var (configuration, problems) = new ConfigurationReader(ConfigurationSources.Read(line), TimeProvider.System).Read();
            Assert.Empty(problems);
            var (log, lines) = (new SmtpProtocolLog(NullLogger.Instance), new Lines());
            using var service = new ProtocolLogService(line, configuration!, log, lines);
            await service.StartAsync(Token);
            Assert.Equal([IPNetwork.Parse("192.0.2.7/32")], log.Sources);

            await File.WriteAllTextAsync(file, """{ "ProtocolLog": "2001:db8::/32, 198.51.100.1" }""", Token);
            await DemoStage.UntilAsync(() => Task.FromResult(lines.Seen.Any(seen => seen.Id == 4)), Token);
            Assert.Equal([IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("198.51.100.1/32")], log.Sources);
            Assert.Contains((4, "SMTP sessions written line by line: 2001:db8::/32, 198.51.100.1/32"), lines.Seen);

            await File.WriteAllTextAsync(file, """{ "ProtocolLog": "nobody" }""", Token);
            await DemoStage.UntilAsync(() => Task.FromResult(lines.Seen.Any(seen => seen.Id == 5 && seen.Text.Contains("'nobody' is not a network", StringComparison.Ordinal))), Token);
            Assert.Equal(2, log.Sources.Count);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private sealed class Lines : ILogger<ProtocolLogService>
    {
        private readonly ConcurrentQueue<(int Id, string Text)> _seen = new();

        public IReadOnlyCollection<(int Id, string Text)> Seen => [.. _seen];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _seen.Enqueue((eventId.Id, formatter(state, exception)));
    }
}
