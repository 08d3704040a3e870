using System.Collections.Frozen;

namespace Mail.Security.Sasl;

/// <summary>The names of the mechanisms this package speaks (RFC 4422 §3.1), as they stand on the wire.</summary>
public static class SaslMechanisms
{
    /// <summary>SCRAM with SHA-512, bound to the channel.</summary>
    public const string ScramSha512Plus = "SCRAM-SHA-512-PLUS";

    /// <summary>SCRAM with SHA-256, bound to the channel (RFC 7677 §3).</summary>
    public const string ScramSha256Plus = "SCRAM-SHA-256-PLUS";

    /// <summary>SCRAM with SHA-1, bound to the channel (RFC 5802 §4).</summary>
    public const string ScramSha1Plus = "SCRAM-SHA-1-PLUS";

    /// <summary>SCRAM with SHA-512.</summary>
    public const string ScramSha512 = "SCRAM-SHA-512";

    /// <summary>SCRAM with SHA-256 (RFC 7677 §3).</summary>
    public const string ScramSha256 = "SCRAM-SHA-256";

    /// <summary>SCRAM with SHA-1 (RFC 5802 §4).</summary>
    public const string ScramSha1 = "SCRAM-SHA-1";

    /// <summary>An OAuth 2.0 access token and whose it is (RFC 7628 §3). Client only.</summary>
    public const string OAuthBearer = "OAUTHBEARER";

    /// <summary>The same in the form of some large providers, older than OAUTHBEARER. No RFC describes it. Client only.</summary>
    public const string XOAuth2 = "XOAUTH2";

    /// <summary>A challenge answered by a keyed MD5 (RFC 2195 §2). The server keeps the password in clear, and proves nothing of itself.</summary>
    public const string CramMd5 = "CRAM-MD5";

    /// <summary>Name and password in one message (RFC 4616 §2).</summary>
    public const string Plain = "PLAIN";

    /// <summary>Name and password in two messages: what some clients speak instead of PLAIN. No RFC describes it.</summary>
    public const string Login = "LOGIN";

    /// <summary>What the channel has proven already, for instance a client certificate (RFC 4422 §A.1).</summary>
    public const string External = "EXTERNAL";

    /// <summary>Every name, strongest first.</summary>
    /// <remarks>
    /// Every -PLUS form stands before every form without it, whatever the hash: a client that can bind to the channel and sees a -PLUS name
    /// must not choose a form that says "you offered none", which is how the server notices a forged list (RFC 5802 §6).
    /// </remarks>
    public static IReadOnlyList<string> StrongestFirst { get; } =
        [External, ScramSha512Plus, ScramSha256Plus, ScramSha1Plus, ScramSha512, ScramSha256, ScramSha1, OAuthBearer, XOAuth2, CramMd5, Plain, Login];

    private static readonly FrozenDictionary<string, ScramHash> Hashes = new Dictionary<string, ScramHash>
    {
        [ScramSha512Plus] = ScramHash.Sha512, [ScramSha512] = ScramHash.Sha512,
        [ScramSha256Plus] = ScramHash.Sha256, [ScramSha256] = ScramHash.Sha256,
        [ScramSha1Plus] = ScramHash.Sha1, [ScramSha1] = ScramHash.Sha1,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    internal static bool IsKnown(string mechanism) => StrongestFirst.Contains(mechanism, StringComparer.Ordinal);

    /// <summary>
    /// Whether the mechanism gives the secret away to the other side and to whoever reads the channel: outright, or by a keyed MD5 at which as many passwords can be tried
    /// in a second as SCRAM bears in hours (RFC 2195 §2).
    /// </summary>
    internal static bool GivesSecretAway(string mechanism) => mechanism is Plain or Login or CramMd5 || TakesToken(mechanism);

    internal static bool TakesToken(string mechanism) => mechanism is OAuthBearer or XOAuth2;

    /// <summary>What a mechanism authenticates with.</summary>
    internal static SaslCredentialKind KindOf(string mechanism) =>
        TakesToken(mechanism) ? SaslCredentialKind.Token : mechanism == External ? SaslCredentialKind.External : SaslCredentialKind.Password;

    internal static bool BindsChannel(string mechanism) => mechanism.EndsWith("-PLUS", StringComparison.OrdinalIgnoreCase);

    internal static bool IsScram(string mechanism, out ScramHash hash) => Hashes.TryGetValue(mechanism, out hash);

    internal static IReadOnlySet<string> Checked(IEnumerable<string> mechanisms, string parameter)
    {
        var names = mechanisms.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        var unknown = names.FirstOrDefault(name => !StrongestFirst.Contains(name, StringComparer.OrdinalIgnoreCase));
        return unknown is null ? names : throw new ArgumentException($"There is no mechanism {unknown} here.", parameter);
    }
}
