using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Mail.Security.Conformance;
using Mail.Security.Dnssec;

namespace Interop.Tests;

/// <summary>What unbound said of a case, and its reasons: extended errors, and what it logged of the validation.</summary>
internal sealed record OracleAnswer(string Verdict, string Reason);

/// <summary>An unbound for one case: it forwards to the server of the case, trusts its anchors, lives at its time and has the limits of our resolver.</summary>
internal sealed class UnboundOracle : IAsyncDisposable
{
    /// <summary>No answer, whether it is validated or not.</summary>
    public const string Refused = "Refused";

    private readonly IPEndPoint _listen;
    private readonly Process _process;
    private readonly StringBuilder _output;

    private UnboundOracle(IPEndPoint listen, Process process, StringBuilder output) => (_listen, _process, _output) = (listen, process, output);

    public static async Task<UnboundOracle> StartAsync(string folder, IPEndPoint listen, ConformanceCase row, ConformanceWorld world, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"unbound-{listen.Address}.conf"));
        await File.WriteAllTextAsync(file, Configuration(folder, listen, world.OptionsOf(row), world), cancellationToken);
        return new(listen, Command.Start("unbound", ["-d", "-c", file], folder, out var output), output);
    }

    /// <summary>Our verdict as a stub sees it: it cannot tell indeterminate from insecure, nor a circle of aliases from other answers that are none.</summary>
    public static string Comparable(string verdict) => verdict.Split(' ') switch
    {
        ["Secure", var kind, ..] => $"Secure {kind}",
        ["Insecure" or "Indeterminate", var kind, ..] => $"Insecure {kind}",
        ["AliasLoop", ..] => Refused,
        [var failure, ..] => failure,
        _ => "",
    };

    public async Task<OracleAnswer> AskAsync(string ask, CancellationToken cancellationToken)
    {
        try
        {
            return await JudgeAsync(ask, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new("Silence", Log(ask));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task<OracleAnswer> JudgeAsync(string ask, CancellationToken cancellationToken)
    {
        var (client, name, type) = (new StubClient(_listen), ask.Split(' ')[0], (int)ConformanceWorld.TypeOf(ask));
        var answer = await client.AskAsync(name, type, Checking.Wanted, cancellationToken);
        var errors = string.Join(", ", answer.Errors);
        if (!answer.IsFailure)
            return new(answer.Tell(type), errors);
        // Bogus is what is there, and is handed out to nobody but to those who check themselves (RFC 4035 §4.3, §3.2.2).
        var plain = await client.AskAsync(name, type, Checking.Disabled, cancellationToken);
        var verdict = answer.Code != StubAnswer.ServerFailure ? $"Code {answer.Code}" : plain.IsFailure ? Refused : "Bogus";
        return new(verdict, $"EDE {errors}; {Log(ask)}");
    }

    private string Log(string ask)
    {
        var (name, type) = (ask.Split(' ')[0].TrimEnd('.'), ask.Split(' ')[1]);
        lock (_output)
        {
            return string.Join(" | ", _output.ToString().Split('\n')
                .Where(line => line.Contains($"validation failure <{name}. {type} ", StringComparison.OrdinalIgnoreCase) || line.Contains("error:", StringComparison.Ordinal))
                .Select(static line => line[(line.IndexOf("] ", StringComparison.Ordinal) + 2)..].Trim()).Distinct());
        }
    }

    private static string Configuration(string folder, IPEndPoint listen, DnssecResolverOptions options, ConformanceWorld world)
    {
        var skew = (int)options.ClockSkew.TotalSeconds;
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""
            server:
              interface: {listen.Address}@{listen.Port}
              port: {listen.Port}
              outgoing-interface: {listen.Address}
              access-control: 127.0.0.0/8 allow
              do-not-query-localhost: no
              do-ip6: no
              num-threads: 1
              outgoing-range: 60
              num-queries-per-thread: 30
              msg-cache-size: 100k
              rrset-cache-size: 100k
              key-cache-size: 100k
              infra-cache-numhosts: 200
              use-syslog: no
              logfile: ""
              val-log-level: 2
              ede: yes
              username: ""
              chroot: ""
              directory: "{folder}"
              pidfile: ""
              module-config: "validator iterator"
              local-zone: "test." nodefault
              qname-minimisation: no
              aggressive-nsec: no
              trust-anchor-signaling: no
              val-max-restart: 0
              val-override-date: "{world.Time.GetUtcNow():yyyyMMddHHmmss}"
              val-sig-skew-min: {skew}
              val-sig-skew-max: {skew}
              val-nsec3-keysize-iterations: "1024 {options.MaxNsec3Iterations} 4096 {options.MaxNsec3Iterations}"

            """));
        foreach (var anchor in options.TrustAnchors)
            text.Append(CultureInfo.InvariantCulture, $"  trust-anchor: \"{anchor}\"\n");
        foreach (var negative in options.NegativeTrustAnchors)
            text.Append(CultureInfo.InvariantCulture, $"  domain-insecure: \"{negative.Name.Ascii}\"\n");
        return text.Append(CultureInfo.InvariantCulture, $"remote-control:\n  control-enable: no\nforward-zone:\n  name: \".\"\n  forward-addr: {world.Server.EndPoint.Address}@{world.Server.EndPoint.Port}\n  forward-first: no\n").ToString();
    }
}
