using System.Text;
using Mail.Security.Sasl;

namespace Mail.Security.Fuzz.Targets;

/// <summary>A SCRAM server against any client: each line of the input is one message. Only who knows the password gets in.</summary>
internal static class ScramServerTarget
{
    /// <summary>What the server adds to the client's nonce.</summary>
    public const string Nonce = "3rfcNHYJY1ZVvWVs7j";

    /// <summary>The one user; the password is "pencil".</summary>
    public const string User = "user";

    private static readonly ScramServerSetup Setup = new(new Store(), new UnknownUsers(new byte[32], 4096), new SaslAuthority(SaslPreparation.SaslPrep, null))
    {
        Hash = ScramHash.Sha256, Plus = false, PlusWasOffered = false, Bindings = [], Nonce = Nonce,
    };

    public static void Run(byte[] input)
    {
        foreach (var message in Messages.Split(input, 4))
            CheckFirst(message);
        using var server = new ScramServer(Setup);
        var step = Done(server.StartAsync());
        foreach (var message in Messages.Split(input, 4))
        {
            if (step is not SaslServerStep.Challenge)
                break;
            step = Done(server.RespondAsync(message));
        }
        switch (step)
        {
            case SaslServerStep.Succeeded success:
                Check.Equal((User, User), (success.Identity, success.AuthorizationIdentity), "who gets in");
                break;
            case SaslServerStep.Failed failed:
                Check.That(failed.Data.Span.StartsWith("e="u8) || failed.Reason == SaslFailure.MessageTooLong, "a failure is told");
                break;
            default:
                Check.That(step is SaslServerStep.Challenge, "there are three kinds of steps");
                return;
        }
        CheckOver(server);
    }

    private static void CheckFirst(byte[] message)
    {
        var fault = ScramClientFirst.Read(message, out var first);
        Check.Equal(fault == ScramFault.None, first is not null, "a message that is read has no fault");
        if (first is null)
            return;
        Check.Same(message, (byte[])[.. first.Header, .. first.Bare], "the parts make the message");
        Check.That(first.Nonce.Length >= SaslLimits.MinNonceLength && first.Nonce.All(letter => letter is > ' ' and <= '~' and not ','), "a nonce is printable");
        var name = Encoding.UTF8.GetString(first.UserName);
        Check.That(first.Bare.AsSpan().StartsWith(Encoding.UTF8.GetBytes($"n={ScramAlgorithm.Escape(name)},r={first.Nonce}")), "a name is written as it was read");
        Check.That(ScramClientFinal.Read(message, out _) != ScramFault.None, "a first message is no final one");
    }

    private static void CheckOver(SaslServer server)
    {
        try
        {
            Done(server.RespondAsync(default));
        }
        catch (InvalidOperationException)
        {
            return;
        }
        throw new BrokenRuleException("an authentication that is over takes nothing more");
    }

    private static SaslServerStep Done(ValueTask<SaslServerStep> step)
    {
        Check.That(step.IsCompleted, "a server with its credentials at hand waits for nothing");
        return step.GetAwaiter().GetResult();
    }

    private sealed class Store : ISaslCredentialStore
    {
        private static readonly ScramCredential Credential =
            ScramCredential.TryCreate(ScramHash.Sha256, "pencil"u8, 4096, SaslPreparation.SaslPrep, [.. "0123456789abcdef"u8], out var credential) ? credential : throw new BrokenRuleException("the password can be prepared");

        public ValueTask<SaslLookup<ScramCredential>> FindAsync(string userName, ScramHash hash, CancellationToken cancellationToken = default) =>
            new(userName switch
            {
                User => new SaslLookup<ScramCredential>.Found(Credential),
                "unavailable" => new SaslLookup<ScramCredential>.Unavailable(),
                _ => new SaslLookup<ScramCredential>.NotFound(),
            });
    }
}
