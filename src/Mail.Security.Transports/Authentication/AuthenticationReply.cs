using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Mail.Security.Sasl;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>What a server's reply means during an authentication (RFC 4954 §4, §6).</summary>
internal static class AuthenticationReply
{
    private const string Withheld = "(text withheld: it repeats what was sent)";

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    /// <summary>Reads a challenge: one line of nothing but base64, which may be empty (RFC 4954 §4).</summary>
    public static bool TryChallenge(SmtpReply reply, [NotNullWhen(true)] out byte[]? challenge)
    {
        challenge = null;
        if (reply.Lines.Count > 1)
            return false;
        var text = reply.Lines.Count == 0 ? string.Empty : reply.Lines[0];
        // The decoder would pass over white space; RFC 4954 §4 has every character outside the alphabet refused.
        if (text.AsSpan().ContainsAnyExcept(Alphabet))
            return false;
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(Encoding.ASCII.GetBytes(text), decoded, out _, out var written) != OperationStatus.Done)
            return false;
        challenge = decoded[..written];
        return true;
    }

    /// <summary>What a refusal is about.</summary>
    public static SessionFailureKind KindOf(SmtpReply reply) => reply.Code switch
    {
        421 => SessionFailureKind.Refused421,
        432 => SessionFailureKind.PasswordTransitionNeeded,
        500 or 501 or 502 or 503 or 504 => SessionFailureKind.AuthenticationCommandRefused,
        534 => SessionFailureKind.MechanismTooWeak,
        535 => SessionFailureKind.CredentialsRefused,
        538 => SessionFailureKind.EncryptionRequired,
        >= 400 and < 500 => SessionFailureKind.AuthenticationUnavailable,
        >= 500 => SessionFailureKind.AuthenticationRefused,
        _ => SessionFailureKind.ProtocolViolation,
    };

    /// <summary>The reply as it may be kept and logged: without its text when that repeats what was sent in secret.</summary>
    public static SmtpReply Clean(SmtpReply reply, SaslClient client) =>
        client.Reveals(string.Concat(reply.Lines)) || client.Reveals(reply.Text)
            ? reply with { Lines = [reply.Status is { } status ? $"{status} {Withheld}" : Withheld] }
            : reply;
}
