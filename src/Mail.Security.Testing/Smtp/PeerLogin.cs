using Mail.Security.Sasl;

namespace Mail.Security.Testing;

/// <summary>The server's side of one login, in replies (RFC 4954 §4).</summary>
internal sealed class PeerLogin(SaslServerFactory factory, bool isTls) : IDisposable
{
    private SaslServer? _server;

    public static SaslServerChannel Channel(bool isTls) => new(isTls ? SaslProtection.Encrypted : SaslProtection.None);

    /// <summary>The reply to AUTH.</summary>
    public async ValueTask<string> BeginAsync(string line, CancellationToken cancellationToken)
    {
        var words = line.Split(' ');
        if (words.Length is < 2 or > 3 || !factory.TryCreate(words[1], Channel(isTls), out _server))
            return "504 5.5.4 no such mechanism";
        if (words.Length == 2)
            return Reply(await _server.StartAsync(cancellationToken).ConfigureAwait(false));
        return words[2] == "=" ? Reply(await _server.StartWithAsync(default, cancellationToken).ConfigureAwait(false))
            : TryDecode(words[2]) is { } initial ? Reply(await _server.StartWithAsync(initial, cancellationToken).ConfigureAwait(false))
            : "501 5.5.2 not base64";
    }

    /// <summary>The reply to a response.</summary>
    public async ValueTask<string> GoOnAsync(string response, CancellationToken cancellationToken) =>
        response == "*" ? "501 5.7.0 cancelled"
            : _server is null || TryDecode(response) is not { } data ? "501 5.5.2 not base64"
            : Reply(await _server.RespondAsync(data, cancellationToken).ConfigureAwait(false));

    public void Dispose() => _server?.Dispose();

    private static byte[]? TryDecode(string text)
    {
        var decoded = new byte[text.Length];
        return Convert.TryFromBase64String(text, decoded, out var count) ? decoded[..count] : null;
    }

    private static string Reply(SaslServerStep step) => step switch
    {
        SaslServerStep.Challenge(var data) => $"334 {Convert.ToBase64String(data.Span)}",
        SaslServerStep.Succeeded => "235 2.7.0 welcome",
        _ => "535 5.7.8 no",
    };
}
