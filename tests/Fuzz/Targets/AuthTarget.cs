using System.Text;
using Mail.Security.Sasl;
using Mail.Security.SmtpServer;

namespace Mail.Security.Fuzz.Targets;

/// <summary>Sessions on a server that takes mail after a login only. PLAIN and LOGIN, whose challenges are the same in every run.</summary>
internal static class AuthTarget
{
    /// <summary>The one user, whose password is the same.</summary>
    public const string User = "ann";

    private static readonly SaslServerFactory Factory = new(new NoCredentials(), new SaslServerOptions
    {
        Mechanisms = [SaslMechanisms.Plain, SaslMechanisms.Login],
        OfferedInClear = [SaslMechanisms.Plain, SaslMechanisms.Login],
        PasswordVerifier = new OneUser(),
    });

    public static void Run(byte[] input) => SessionTarget.Run(input, 0, Configure);

    /// <summary>Switches AUTH on.</summary>
    public static void Configure(SmtpServerOptions options) =>
        options.Authentication = new SmtpServerAuthentication(Factory) { Requirement = AuthenticationRequirement.Required, MaxFailures = 4 };

    /// <summary>Whether an exchange of these lines of base64 must let the client in, by a plain reading of RFC 4616 and of what LOGIN is.</summary>
    public static bool IsLogin(string mechanism, IReadOnlyList<string> lines)
    {
        var parts = new List<string>();
        foreach (var line in lines)
        {
            if (line.Any(char.IsWhiteSpace) || !TryDecode(line, out var text))
                return false;
            parts.Add(text);
        }
        return mechanism switch
        {
            "PLAIN" => parts is [$"\0{User}\0{User}" or $"{User}\0{User}\0{User}"],
            "LOGIN" => parts is [User, User],
            _ => false,
        };
    }

    private static bool TryDecode(string line, out string text)
    {
        var bytes = new byte[line.Length];
        var read = Convert.TryFromBase64String(line, bytes, out var length);
        text = Encoding.Latin1.GetString(bytes, 0, length);
        return read;
    }

    private sealed class OneUser : ISaslPasswordVerifier
    {
        public ValueTask<SaslVerdict> VerifyAsync(string userName, ReadOnlyMemory<byte> password, CancellationToken cancellationToken = default) =>
            new(userName == User && password.Span.SequenceEqual("ann"u8) ? SaslVerdict.Accepted : SaslVerdict.Refused);
    }

    private sealed class NoCredentials : ISaslCredentialStore
    {
        public ValueTask<SaslLookup<ScramCredential>> FindAsync(string userName, ScramHash hash, CancellationToken cancellationToken = default) => new(new SaslLookup<ScramCredential>.Unavailable());
    }
}
