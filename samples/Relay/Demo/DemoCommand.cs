using System.Net.Sockets;
using System.Runtime.InteropServices;
using Mail.Security.Testing;
using Relay.Demo.Cases;
using Relay.Running;

namespace Relay.Demo;

/// <summary>Plays every case against a relay in a process of its own, and compares what was seen with what was expected.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(55);

    public static async Task<int> RunAsync(TextWriter output)
    {
        try
        {
            return await RunOnLoopbackAsync(output);
        }
        catch (SocketException exception)
        {
            output.WriteLine($"The demonstration cannot be raised: {exception.Message}. It needs the addresses 127.0.42.1 and following, as Linux has them.");
            return ExitCode.Failed;
        }
    }

    private static async Task<int> RunOnLoopbackAsync(TextWriter output)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        using var stop = new CancellationTokenSource(Limit, time);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Cancel(context, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Cancel(context, stop));
        using var authority = TestCertificateAuthority.CreateRoot();
        var cases = CaseList.Create();
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.Sender(), .. cases.Select(one => one.Raise(authority)).OfType<MailHost>()]);
        await using var stage = new DemoStage(world);
        try
        {
            output.WriteLine($"On loopback: a name server at {world.Dns.EndPoint}, mail hosts on port {world.Port}, a policy host on port {world.Policies.Port}, and the relay as a process of its own.\n");
            var rows = await PlayAsync(cases, stage, stop.Token);
            DemoTable.Print(output, rows);
            await ExplainAsync(output, stage, stop.Token);
            output.WriteLine($"\n{rows.Count(row => row.Agrees)} of {rows.Count} cases as expected, in {time.GetElapsedTime(started).TotalSeconds:F1} s");
            return rows.All(row => row.Agrees) ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            output.WriteLine($"The demonstration broke off: {exception.Message}\nThe relay's last words:");
            foreach (var line in stage.Journal.Tail)
                output.WriteLine($"  {line}");
            return ExitCode.Failed;
        }
    }

    private static async Task<List<DemoRow>> PlayAsync(IReadOnlyList<DemoCase> cases, DemoStage stage, CancellationToken cancellationToken)
    {
        var submission = await stage.StartRelayAsync(cancellationToken);
        foreach (var one in cases)
            await one.BeginAsync(submission, stage, cancellationToken);
        var rows = new List<DemoRow>();
        foreach (var one in cases)
            rows.Add(new DemoRow(one.Name, one.Expected, await SeeAsync(one, stage, cancellationToken)));
        for (var at = 0; at < rows.Count; at++)
        {
            if (await cases[at].SeeAtEndAsync(stage, cancellationToken) is { } later && later != rows[at].Seen)
                rows[at] = rows[at] with { Seen = $"{rows[at].Seen}; later {later}" };
        }
        return rows;
    }

    // A case that is not decided in time is a row like others: the table shows which.
    private static async Task<string> SeeAsync(DemoCase one, DemoStage stage, CancellationToken cancellationToken)
    {
        try
        {
            return await one.SeeAsync(stage, cancellationToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            return $"nothing ({exception.Message})";
        }
    }

    private static async Task ExplainAsync(TextWriter output, DemoStage stage, CancellationToken cancellationToken)
    {
        output.WriteLine($"\nThe explanation of a success, from the relay's log:\n\n{Indent(stage.Journal.Explanation(CaseList.SuccessDomain))}");
        var refused = await stage.Queue.FindAsync(CaseList.RefusalDomain, cancellationToken);
        output.WriteLine($"\nThe explanation of a refusal, from the queue's database (attempt {refused?.Attempts}, next at {refused?.Due:HH:mm:ss}):\n\n{Indent(refused?.Explanation)}");
    }

    private static string Indent(string? text) => "  " + (text ?? "none").Replace("\n", "\n  ", StringComparison.Ordinal);

    private static void Cancel(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = true;
        stop.Cancel();
    }
}
