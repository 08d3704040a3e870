using System.Text;
using Mail.Security.Sasl;

namespace Relay.Configuration;

/// <summary>
/// The accounts that may log in: a file with a line for each, a name and a credential as RFC 5803 §1 stores it, with a space between. Lines that are empty or
/// begin with "#" mean nothing. A name may have several lines, each with a credential of another hash.
/// </summary>
/// <remarks>The text of the file is in no message: who has a credential can try passwords at leisure.</remarks>
internal sealed class CredentialFile : ISaslCredentialStore
{
    private readonly Dictionary<(string Name, ScramHash Hash), ScramCredential> _credentials = [];

    private CredentialFile()
    {
    }

    /// <summary>The hashes of which every account has a credential, strongest first.</summary>
    public IReadOnlyList<ScramHash> Hashes { get; private set; } = [];

    /// <summary>Reads the file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="FormatException">It holds what is no account, or everybody may read it.</exception>
    public static CredentialFile Load(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
            throw new FormatException($"'{path}' is open to every user of this machine; take that away (chmod o= {path})");
        var file = new CredentialFile();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.Trim() is { Length: > 0 } text && text[0] != '#')
                file.Add(text, $"line {number} of '{path}'");
        }
        var names = file._credentials.Keys.Select(key => key.Name).ToHashSet(StringComparer.Ordinal);
        file.Hashes = [.. new[] { ScramHash.Sha512, ScramHash.Sha256, ScramHash.Sha1 }.Where(hash => names.All(name => file._credentials.ContainsKey((name, hash))))];
        return names.Count == 0 ? throw new FormatException($"'{path}' holds no account; make one by 'Relay credential'")
            : file.Hashes.Count == 0 ? throw new FormatException($"'{path}' has no hash of which every account has a credential")
            : file;
    }

    /// <summary>The mechanisms: SCRAM for the hashes that every account has, PLAIN and LOGIN, the latter two under TLS only.</summary>
    /// <param name="key">From which unknown names get their salts.</param>
    public SaslServerFactory CreateFactory(LoginKey key) => new(this, new SaslServerOptions
    {
        Mechanisms = [SaslMechanisms.Plain, SaslMechanisms.Login, .. Hashes.SelectMany(MechanismsOf)],
        PasswordHash = Hashes.Contains(ScramHash.Sha256) ? ScramHash.Sha256 : Hashes[0],
        // What most accounts have: nobody shall learn which names exist.
        Iterations = _credentials.Values.GroupBy(credential => credential.Iterations).MaxBy(group => group.Count())!.Key,
        UnknownUserKey = key.Bytes,
    });

    public ValueTask<SaslLookup<ScramCredential>> FindAsync(string userName, ScramHash hash, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<SaslLookup<ScramCredential>>(_credentials.TryGetValue((userName, hash), out var credential)
            ? new SaslLookup<ScramCredential>.Found(credential)
            : new SaslLookup<ScramCredential>.NotFound());

    private static string[] MechanismsOf(ScramHash hash) => hash switch
    {
        ScramHash.Sha512 => [SaslMechanisms.ScramSha512Plus, SaslMechanisms.ScramSha512],
        ScramHash.Sha1 => [SaslMechanisms.ScramSha1Plus, SaslMechanisms.ScramSha1],
        _ => [SaslMechanisms.ScramSha256Plus, SaslMechanisms.ScramSha256],
    };

    private void Add(string text, string where)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2)
            throw new FormatException($"{where} is not a name and a credential with a space between");
        if (!ScramCredential.TryParse(words[1], out var credential, out var fault))
            throw new FormatException($"{where} holds no usable credential ({fault})");
        if (!_credentials.TryAdd((words[0].Normalize(NormalizationForm.FormC), credential.Hash), credential))
            throw new FormatException($"{where} is a second credential for the same name and hash");
    }
}
