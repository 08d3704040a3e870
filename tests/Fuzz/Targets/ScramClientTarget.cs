using System.Text;
using Mail.Security.Sasl;

namespace Mail.Security.Fuzz.Targets;

/// <summary>A SCRAM client against any server: each line of the input is one challenge. Only who knows the password is believed.</summary>
internal static class ScramClientTarget
{
    /// <summary>The client's nonce.</summary>
    public const string Nonce = "fyko+d2lbbFgONRv9qkx";

    // Few iterations: the derivation is not what is looked for, and would take all the time.
    private static readonly SaslClientOptions Options = new() { MinIterations = 1, MaxIterations = 64 };

    public static void Run(byte[] input)
    {
        var messages = Messages.Split(input, 4);
        foreach (var message in messages)
            CheckFirst(message);
        using var credentials = new SaslCredentials("user", "pencil");
        using var client = new ScramClient(new ScramClientSetup(credentials, Options) { Hash = ScramHash.Sha256, Flag = ScramBindingFlag.NotSupported, Binding = null, Nonce = Nonce });
        var step = Now(client.StartAsync());
        Check.That(step is SaslClientStep.Send { Data.Length: > 0 }, "a client begins");
        var answers = 0;
        foreach (var message in messages)
        {
            step = Now(client.RespondAsync(message));
            if (step is not SaslClientStep.Send)
                break;
            answers++;
        }
        Check.That(step is not SaslClientStep.Authenticated, "nobody is believed before success is told");
        if (step is SaslClientStep.Failed failed)
        {
            Check.That(failed.Detail.All(letter => letter is >= ' ' and <= '~'), "a failure has a reason that can be logged");
            return;
        }
        // The first answer is the proof; the second, which is empty, comes when the server's own proof was right.
        Check.Equal(answers == 2 && step is SaslClientStep.Send { Data.IsEmpty: true }, Now(client.CompleteAsync()) is SaslClientStep.Authenticated, "a server is believed when it has proven itself");
    }

    // A target is no task: the derivation, on a thread of its own, is waited for.
    private static SaslClientStep Now(ValueTask<SaslClientStep> step) => step.AsTask().GetAwaiter().GetResult();

    private static void CheckFirst(byte[] message)
    {
        if (ScramServerFirst.Read(message, out var first) != ScramFault.None)
            return;
        Check.That(first.Salt.Length is >= SaslLimits.MinSaltLength and <= SaslLimits.MaxSaltLength && first.Iterations > 0, "a salt and a count are within their bounds");
        Check.That(message.AsSpan().StartsWith(Encoding.ASCII.GetBytes($"r={first.Nonce},s={ScramAlgorithm.Base64(first.Salt)},i=")), "a challenge is written as it was read");
    }
}
