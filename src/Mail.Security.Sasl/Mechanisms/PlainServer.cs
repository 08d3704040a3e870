using System.Text.Unicode;

namespace Mail.Security.Sasl;

/// <summary>PLAIN: [authzid] NUL authcid NUL passwd (RFC 4616 §2).</summary>
internal sealed class PlainServer(ISaslPasswordVerifier verifier, SaslAuthority authority) : SaslServer(SaslMechanisms.Plain)
{
    private protected override async ValueTask<SaslServerStep> TakeAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
    {
        if (response is not { } message)
            return Challenge([]);
        return TryRead(message, out var read)
            ? await authority.VerifyAsync(this, verifier, read, cancellationToken).ConfigureAwait(false)
            : Fail(SaslFailure.Malformed);
    }

    internal static bool TryRead(ReadOnlyMemory<byte> message, out PasswordMessage read)
    {
        read = default;
        var bytes = message.Span;
        var first = bytes.IndexOf((byte)0);
        var second = first < 0 ? -1 : bytes[(first + 1)..].IndexOf((byte)0);
        if (second <= 0)
            return false;
        second += first + 1;
        read = new PasswordMessage(message[..first], message[(first + 1)..second], message[(second + 1)..]);
        return !read.Password.IsEmpty && !read.Password.Span.Contains((byte)0) && Utf8.IsValid(bytes);
    }
}
