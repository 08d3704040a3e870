using System.Diagnostics;
using System.Text;
using Mail.Security.Sasl;

namespace Interop.Tests;

/// <summary>What an authentication came to on either side: ours as the step it ended with, theirs as the words they had for it.</summary>
internal sealed record PeerOutcome(object Ours, string Theirs);

/// <summary>
/// One authentication by another SASL library in a process of its own, without a protocol around it: by Cyrus SASL, which Postfix and Cyrus IMAP use, or by GNU SASL. Here
/// both can be told what names the channel, which the servers built on them do not.
/// </summary>
internal sealed class SaslPeer : IAsyncDisposable
{
    private readonly Process _process;

    private SaslPeer(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("python3", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = new ASCIIEncoding() };
        _process = Process.Start(start)!;
    }

    /// <summary>Why Cyrus SASL is not used on this machine; null when it is.</summary>
    public static string? WhyNoCyrus { get; } = Library("sasl2/libscram.so") && Library("sasl2/libsasldb.so") && Command.Find("saslpasswd2") is not null ? null : "not installed: sasl2-bin, libsasl2-modules";

    /// <summary>Why GNU SASL is not used on this machine; null when it is.</summary>
    public static string? WhyNoGnu { get; } = Library("libgsasl.so.18") && Command.Find("gsasl") is not null ? null : "not installed: gsasl";

    /// <summary>Adds an account to a database of Cyrus SASL.</summary>
    public static async Task AddAccountAsync(string database, string name)
    {
        var (user, realm) = (name.Split('@')[0], name.Split('@')[1]);
        (await Command.RunAsync("saslpasswd2", ["-c", "-p", "-f", database, "-u", realm, user], input: Accounts.PasswordOf(name))).Check("saslpasswd2");
    }

    public static SaslPeer CyrusServer(string mechanism, string folder, ChannelBinding? binding) => new([Script("cyrus"), "server", mechanism, folder, .. Words(binding)]);

    public static SaslPeer CyrusClient(string mechanism, string name, string password, ChannelBinding? binding) => new([Script("cyrus"), "client", mechanism, name, password, .. Words(binding)]);

    public static SaslPeer GnuServer(string mechanism, string name, string password, ChannelBinding? binding) => new([Script("gsasl"), "server", mechanism, name, password, .. Words(binding)]);

    public static SaslPeer GnuClient(string mechanism, string name, string password, ChannelBinding? binding) => new([Script("gsasl"), "client", mechanism, name, password, .. Words(binding)]);

    /// <summary>Our client at their server.</summary>
    public async Task<PeerOutcome> ServeAsync(SaslClient client, CancellationToken cancellationToken)
    {
        var step = await client.StartAsync(cancellationToken);
        await WriteAsync(step is SaslClientStep.Send initial ? (ReadOnlyMemory<byte>?)initial.Data : null, cancellationToken);
        while (true)
        {
            var words = await ReadAsync(cancellationToken);
            if (words[0] != "data")
                return new PeerOutcome(words[0] == "done" ? await client.CompleteAsync(Message(words, 2), cancellationToken) : client.Refused(), words[0] == "done" ? $"done {words[1]}" : string.Join(' ', words));
            step = await client.RespondAsync(Message(words, 1), cancellationToken);
            if (step is not SaslClientStep.Send response)
                return new PeerOutcome(step, "unfinished");
            await WriteAsync(response.Data, cancellationToken);
        }
    }

    /// <summary>Their client at our server.</summary>
    public async Task<PeerOutcome> AskAsync(SaslServer server, CancellationToken cancellationToken)
    {
        var words = await ReadAsync(cancellationToken);
        var first = Message(words, words[0] == "data" ? 1 : 2);
        var step = first.Length > 0 ? await server.StartWithAsync(first, cancellationToken) : await server.StartAsync(cancellationToken);
        while (step is SaslServerStep.Challenge challenge)
        {
            await WriteAsync(challenge.Data, cancellationToken);
            words = await ReadAsync(cancellationToken);
            if (words[0] == "fail")
                break;
            step = await server.RespondAsync(Message(words, words[0] == "data" ? 1 : 2), cancellationToken);
        }
        return new PeerOutcome(step, string.Join(' ', words.Take(2)));
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static bool Library(string name) => Directory.Exists("/usr/lib") && Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu").Any(folder => File.Exists(Path.Combine(folder, name)));

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Peers", $"{name}_peer.py");

    private static string[] Words(ChannelBinding? binding) => binding is null ? [] : [binding.Type, Convert.ToHexString(binding.Data.Span)];

    private static byte[] Message(string[] words, int index) => words.Length > index ? Convert.FromBase64String(words[index]) : [];

    private async Task<string[]> ReadAsync(CancellationToken cancellationToken)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        return (line ?? throw new InvalidOperationException("the peer is gone")).Split(' ');
    }

    private async Task WriteAsync(ReadOnlyMemory<byte>? message, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync((message is { } data ? Convert.ToBase64String(data.Span) : "-").AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
    }
}
