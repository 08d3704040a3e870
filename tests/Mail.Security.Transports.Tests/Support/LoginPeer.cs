using System.Diagnostics.CodeAnalysis;
using Mail.Security.Sasl;

namespace Mail.Security.Transports.Tests;

/// <summary>A server that logs a client in by the server half of Mail.Security.Sasl, in clear, and says something else at one reply if told to.</summary>
internal sealed class LoginPeer : ISaslCredentialStore, ISaslSecretStore
{
    public const string User = "ann@client.test";
    public const string Password = "correct horse";

    private readonly MemoryLink _link = new();
    private readonly string _announced;
    private readonly Func<int, string, string> _change;
    private readonly SaslServerFactory _factory;

    /// <param name="announced">The mechanisms.</param>
    /// <param name="change">Given the number of a reply to a login and the reply, what to say: that, another, "CLOSE" or "STALL".</param>
    public LoginPeer(string announced, Func<int, string, string>? change = null)
    {
        (_announced, _change) = (announced, change ?? (static (_, reply) => reply));
        _factory = new SaslServerFactory(this, new SaslServerOptions { Mechanisms = SaslMechanisms.StrongestFirst, OfferedInClear = ["PLAIN", "LOGIN"], SecretStore = this, Iterations = 4096 });
    }

    /// <summary>The client's end.</summary>
    public LinkStream Client => _link.Client;

    /// <summary>What the client said after EHLO.</summary>
    public List<string> Lines { get; } = [];

    /// <summary>Raised with each of these lines, before it is answered.</summary>
    public event Action<string>? Said;

    /// <summary>The replies to it that were said.</summary>
    public int Replies { get; private set; }

    public ValueTask<SaslLookup<ScramCredential>> FindAsync(string userName, ScramHash hash, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<SaslLookup<ScramCredential>>(userName == User && TryCredential(hash, out var credential)
            ? new SaslLookup<ScramCredential>.Found(credential) : new SaslLookup<ScramCredential>.NotFound());

    public ValueTask<SaslLookup<ReadOnlyMemory<byte>>> FindSecretAsync(string userName, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<SaslLookup<ReadOnlyMemory<byte>>>(userName == User
            ? new SaslLookup<ReadOnlyMemory<byte>>.Found("correct horse"u8.ToArray()) : new SaslLookup<ReadOnlyMemory<byte>>.NotFound());

    /// <summary>Serves until the client leaves or the peer is told to.</summary>
    public async Task ServeAsync()
    {
        await _link.SayAsync("220 mx.test\r\n");
        await _link.Server.ReadLineAsync(Rig.Stop);
        await _link.SayAsync($"250-mx.test\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH {_announced}\r\n");
        SaslServer? server = null;
        while (await _link.Server.ReadLineAsync(Rig.Stop) is { } line)
        {
            Lines.Add(line);
            Said?.Invoke(line);
            if (line == "QUIT")
            {
                await _link.SayAsync("221 2.0.0 bye\r\n");
                break;
            }
            (server, var usual) = await AnswerAsync(server, line);
            var reply = _change(Replies++, usual);
            if (reply is "CLOSE" or "STALL")
            {
                if (reply == "CLOSE")
                    break;
                continue;
            }
            await _link.SayAsync($"{reply}\r\n");
        }
        server?.Dispose();
        _link.HangUp();
    }

    private static bool TryCredential(ScramHash hash, [NotNullWhen(true)] out ScramCredential? credential) =>
        ScramCredential.TryCreate(hash, "correct horse"u8, 4096, SaslPreparation.OpaqueString, out credential);

    private async Task<(SaslServer? Server, string Reply)> AnswerAsync(SaslServer? server, string line)
    {
        if (line == "*")
            return (null, "501 5.7.0 Authentication cancelled");
        var (next, step) = server is null ? await BeginAsync(line.Split(' ')) : (server, await server.RespondAsync(Convert.FromBase64String(line), Rig.Stop));
        return step switch
        {
            null => (null, "504 5.5.4 no such mechanism"),
            SaslServerStep.Challenge(var data) => (next, $"334 {Convert.ToBase64String(data.Span)}"),
            SaslServerStep.Succeeded => (null, "235 2.7.0 welcome"),
            _ => (null, "535 5.7.8 no"),
        };
    }

    private async Task<(SaslServer? Server, SaslServerStep? Step)> BeginAsync(string[] words)
    {
        if (words[0] != "AUTH" || !_factory.TryCreate(words[1], new SaslServerChannel(SaslProtection.None), out var server))
            return (null, null);
        return (server, words.Length == 2 ? await server.StartAsync(Rig.Stop) : await server.StartWithAsync(words[2] == "=" ? default : Convert.FromBase64String(words[2]), Rig.Stop));
    }
}
