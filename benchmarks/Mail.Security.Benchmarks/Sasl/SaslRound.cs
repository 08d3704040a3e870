using System.Diagnostics;
using Mail.Security.Sasl;

namespace Mail.Security.Benchmarks.Sasl;

/// <summary>One round of measurements with one count, in nanoseconds and bytes.</summary>
/// <param name="Derivation">PBKDF2 alone.</param>
/// <param name="First">A login that derives the keys.</param>
/// <param name="Again">A login that remembers them.</param>
/// <param name="MailKit">The client's side of a login by MailKit.</param>
internal sealed record SaslRound(double Derivation, LoginCost First, LoginCost Again, double MailKit)
{
    private const int Slices = 15;
    private const int FewLogins = 4;
    private const int ManyLogins = 64;
    private const int Counted = 100;

    /// <summary>Measures. Of slices in turn the least counts: what else runs on the machine can only make one longer.</summary>
    public static async Task<SaslRound> MeasureAsync(ScramAccount account)
    {
        var (few, many) = (new LoginBatch(account, FewLogins), new LoginBatch(account, ManyLogins));
        var round = new SaslRound(double.MaxValue, Worst, Worst, double.MaxValue);
        for (var slice = 0; slice < Slices; slice++)
        {
            round = new SaslRound(
                Math.Min(round.Derivation, Derive(account)),
                LoginCost.Least(round.First, await few.RunAsync(ClientMemory.Nothing)),
                LoginCost.Least(round.Again, await many.RunAsync(ClientMemory.Keys)),
                Math.Min(round.MailKit, await MailKitAsync(account)));
        }
        return round;
    }

    /// <summary>What a login with this memory allocates, both sides together, in bytes; nothing else runs in this process.</summary>
    public static async Task<double> AllocatedAsync(ScramAccount account, ClientMemory memory)
    {
        var batch = new LoginBatch(account, 1);
        var least = long.MaxValue;
        for (var turn = 0; turn < 3; turn++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var login = 0; login < Counted; login++)
                await batch.RunAsync(memory);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        return least / (double)Counted;
    }

    private static LoginCost Worst => new(double.MaxValue, double.MaxValue, double.MaxValue);

    private static double Derive(ScramAccount account)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var turn = 0; turn < FewLogins; turn++)
            account.Derive();
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / FewLogins;
    }

    private static async Task<double> MailKitAsync(ScramAccount account)
    {
        var client = 0.0;
        for (var turn = 0; turn < FewLogins; turn++)
        {
            using var server = account.Server();
            var begin = Stopwatch.GetTimestamp();
            var mechanism = ScramAccount.MailKitClient();
            var said = mechanism.Challenge(string.Empty);
            client += Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
            var answer = await server.StartWithAsync(Convert.FromBase64String(said));
            while (answer is SaslServerStep.Challenge(var data) && !mechanism.IsAuthenticated)
            {
                var challenge = Convert.ToBase64String(data.Span);
                begin = Stopwatch.GetTimestamp();
                said = mechanism.Challenge(challenge);
                client += Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
                answer = await server.RespondAsync(Convert.FromBase64String(said));
            }
            if (answer is not SaslServerStep.Succeeded)
                throw new InvalidOperationException("MailKit is not let in.");
        }
        return client / FewLogins;
    }
}
