using System.Diagnostics;
using Mail.Security.Sasl;

namespace Mail.Security.Benchmarks.Sasl;

/// <summary>Many logins at once, each step of all before the next step of any: so a step is timed in one stretch, and of one side alone.</summary>
internal sealed class LoginBatch(ScramAccount account, int count)
{
    private readonly SaslClient[] _clients = new SaslClient[count];
    private readonly SaslServer[] _servers = new SaslServer[count];
    private readonly ReadOnlyMemory<byte>[] _said = new ReadOnlyMemory<byte>[count];
    private readonly ReadOnlyMemory<byte>[] _answered = new ReadOnlyMemory<byte>[count];

    /// <summary>Runs them.</summary>
    /// <returns>The cost of one.</returns>
    public async ValueTask<LoginCost> RunAsync(ClientMemory memory)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var at = 0; at < count; at++)
        {
            _clients[at] = account.Client(memory);
            _said[at] = Sent(await _clients[at].StartAsync());
        }
        var client = Nanoseconds(begin);

        begin = Stopwatch.GetTimestamp();
        for (var at = 0; at < count; at++)
        {
            _servers[at] = account.Server();
            _answered[at] = Asked(await _servers[at].StartWithAsync(_said[at]));
        }
        var server = Nanoseconds(begin);

        begin = Stopwatch.GetTimestamp();
        for (var at = 0; at < count; at++)
            _said[at] = Sent(await _clients[at].RespondAsync(_answered[at]));
        client += Nanoseconds(begin);

        begin = Stopwatch.GetTimestamp();
        for (var at = 0; at < count; at++)
            _answered[at] = Asked(await _servers[at].RespondAsync(_said[at]));
        var verify = Nanoseconds(begin);

        begin = Stopwatch.GetTimestamp();
        for (var at = 0; at < count; at++)
        {
            _said[at] = Sent(await _clients[at].RespondAsync(_answered[at]));
            if (await _clients[at].CompleteAsync() is not SaslClientStep.Authenticated)
                throw new InvalidOperationException("The client does not believe the server.");
            _clients[at].Dispose();
        }
        client += Nanoseconds(begin);

        begin = Stopwatch.GetTimestamp();
        for (var at = 0; at < count; at++)
        {
            if (await _servers[at].RespondAsync(_said[at]) is not SaslServerStep.Succeeded)
                throw new InvalidOperationException("The server does not believe the client.");
            _servers[at].Dispose();
        }
        return new LoginCost(client / count, (server + verify + Nanoseconds(begin)) / count, verify / count);
    }

    private static double Nanoseconds(long begin) => Stopwatch.GetElapsedTime(begin).TotalNanoseconds;

    private static ReadOnlyMemory<byte> Sent(SaslClientStep step) => step is SaslClientStep.Send(var data) ? data : throw new InvalidOperationException($"The client ends with {step}.");

    private static ReadOnlyMemory<byte> Asked(SaslServerStep step) => step is SaslServerStep.Challenge(var data) ? data : throw new InvalidOperationException($"The server ends with {step}.");
}
