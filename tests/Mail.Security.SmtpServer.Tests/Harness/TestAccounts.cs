using System.Text;
using Mail.Security.Sasl;

namespace Mail.Security.SmtpServer.Tests.Harness;

/// <summary>Two accounts, and a store that misbehaves where a test says so. Ann may act as "list".</summary>
internal sealed class TestAccounts : ISaslCredentialStore, ISaslSecretStore, ISaslAuthorizer
{
    public const string User = "ann@a.example";
    public const string Password = "correct horse";

    private static readonly Dictionary<ScramHash, ScramCredential> Credentials = Enum.GetValues<ScramHash>().ToDictionary(hash => hash, Make);

    /// <summary>Called first at each question: throws or waits where a test wants that.</summary>
    public Func<CancellationToken, ValueTask>? Interfere { get; set; }

    public SaslServerFactory Factory(params string[] inClear) => new(this, new SaslServerOptions
    {
        Mechanisms = SaslMechanisms.StrongestFirst,
        OfferedInClear = inClear,
        SecretStore = this,
        Authorizer = this,
        Iterations = 4096,
    });

    /// <summary>The options of a listener on which every mechanism can be used in clear, for tests without TLS.</summary>
    public Action<SmtpServerOptions> Everywhere(AuthenticationRequirement requirement = AuthenticationRequirement.Optional, int failures = 3, IReadOnlyList<string>? trusted = null) =>
        options => options.Authentication = new SmtpServerAuthentication(Factory(SaslMechanisms.Plain, SaslMechanisms.Login))
        {
            Requirement = requirement,
            MaxFailures = failures,
            TrustedSubmitters = trusted ?? [],
        };

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>The message of PLAIN.</summary>
    public static string Plain(string password = Password, string actAs = "") => Base64($"{actAs}\0{User}\0{password}");

    public async ValueTask<SaslLookup<ScramCredential>> FindAsync(string userName, ScramHash hash, CancellationToken cancellationToken = default)
    {
        await Misbehave(cancellationToken).ConfigureAwait(false);
        return userName == User ? new SaslLookup<ScramCredential>.Found(Credentials[hash]) : new SaslLookup<ScramCredential>.NotFound();
    }

    public async ValueTask<SaslLookup<ReadOnlyMemory<byte>>> FindSecretAsync(string userName, CancellationToken cancellationToken = default)
    {
        await Misbehave(cancellationToken).ConfigureAwait(false);
        return userName == User ? new SaslLookup<ReadOnlyMemory<byte>>.Found(Encoding.UTF8.GetBytes(Password)) : new SaslLookup<ReadOnlyMemory<byte>>.NotFound();
    }

    public ValueTask<SaslVerdict> MayActAsAsync(string identity, string authorizationIdentity, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(identity == User && authorizationIdentity == "list" ? SaslVerdict.Accepted : SaslVerdict.Refused);

    private ValueTask Misbehave(CancellationToken cancellationToken) => Interfere?.Invoke(cancellationToken) ?? default;

    private static ScramCredential Make(ScramHash hash) =>
        ScramCredential.TryCreate(hash, Encoding.UTF8.GetBytes(Password), 4096, SaslPreparation.OpaqueString, out var credential) ? credential : throw new InvalidOperationException();
}
