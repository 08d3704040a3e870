using System.Globalization;
using System.Security.Authentication;
using System.Text;
using Mail.Security.Sasl;

namespace Interop.Tests.Authentication;

/// <summary>
/// Both halves against the two SASL libraries of the Unix world, Cyrus and GNU, with the channel bindings that servers built on them do not give them. GNU knows "tls-unique" and
/// "tls-exporter" only, and no SHA-512; Cyrus takes any type.
/// </summary>
public sealed class SaslLibraryTests : IDisposable
{
    private const string Cyrus = "cyrus";
    private const string Gnu = "gnu";

    private static readonly ChannelBinding? EndPoint = Binding(ChannelBinding.TlsServerEndPoint);

    private readonly string _folder = Directory.CreateTempSubdirectory("mail-security-sasl-").FullName;

    public static TheoryData<string, string, string> Logins
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var mechanism in new[] { SaslMechanisms.ScramSha512, SaslMechanisms.ScramSha256, SaslMechanisms.ScramSha1, SaslMechanisms.CramMd5, SaslMechanisms.Plain, SaslMechanisms.Login })
            {
                cases.Add(Cyrus, mechanism, "");
                if (mechanism != SaslMechanisms.ScramSha512)
                    cases.Add(Gnu, mechanism, "");
            }
            foreach (var mechanism in new[] { SaslMechanisms.ScramSha512Plus, SaslMechanisms.ScramSha256Plus, SaslMechanisms.ScramSha1Plus })
                cases.Add(Cyrus, mechanism, ChannelBinding.TlsServerEndPoint);
            cases.Add(Cyrus, SaslMechanisms.ScramSha256Plus, ChannelBinding.TlsExporter);
            cases.Add(Gnu, SaslMechanisms.ScramSha256Plus, ChannelBinding.TlsExporter);
            cases.Add(Gnu, SaslMechanisms.ScramSha1Plus, ChannelBinding.TlsUnique);
            return cases;
        }
    }

    public static TheoryData<string, string, string> BoundLogins => [.. Logins.Where(one => one.Data.Item3.Length > 0)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Logins)), Trait("rfc", "5802#5")]
    public async Task Client_AtTheirServer_EachBelievesTheOther(string library, string mechanism, string type)
    {
        var binding = Binding(type);
        foreach (var name in new[] { Accounts.Uwe, Accounts.Odd })
        {
            await using var peer = await ServerAsync(library, mechanism, name, binding);
            using var credentials = Accounts.Of(name);

            var outcome = await peer.ServeAsync(Client(credentials, mechanism, binding), Token);

            Assert.Equal((new SaslClientStep.Authenticated(), $"done {name}"), (outcome.Ours, outcome.Theirs));
        }
    }

    [Theory, MemberData(nameof(Logins)), Trait("rfc", "5802#5")]
    public async Task Client_WithAWrongPassword_TheyRefuse(string library, string mechanism, string type)
    {
        var binding = Binding(type);
        await using var peer = await ServerAsync(library, mechanism, Accounts.Ann, binding);
        using var credentials = new SaslCredentials(Accounts.Ann, "battery staple");

        var outcome = await peer.ServeAsync(Client(credentials, mechanism, binding), Token);

        Assert.IsType<SaslClientStep.Failed>(outcome.Ours);
        Assert.StartsWith("fail", outcome.Theirs, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Logins)), Trait("rfc", "5802#5")]
    public async Task Server_AtTheirClient_EachBelievesTheOther(string library, string mechanism, string type)
    {
        var binding = Binding(type);
        foreach (var name in new[] { Accounts.Uwe, Accounts.Odd })
        {
            await using var peer = Peer(library, mechanism, name, Accounts.PasswordOf(name), binding);

            var outcome = await peer.AskAsync(Server(mechanism, binding), Token);

            Assert.Equal(new SaslServerStep.Succeeded(name, name, mechanism), outcome.Ours);
            Assert.StartsWith("done", outcome.Theirs, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Logins)), Trait("rfc", "5802#5")]
    public async Task Server_AtTheirClientWithAWrongPassword_Refuses(string library, string mechanism, string type)
    {
        var binding = Binding(type);
        await using var peer = Peer(library, mechanism, Accounts.Ann, "battery staple", binding);

        var outcome = await peer.AskAsync(Server(mechanism, binding), Token);

        Assert.Equal(SaslFailure.InvalidCredentials, Assert.IsType<SaslServerStep.Failed>(outcome.Ours).Reason);
    }

    [Theory, MemberData(nameof(BoundLogins)), Trait("rfc", "5802#6")]
    public async Task Both_OnDifferentChannels_NoLogin(string library, string mechanism, string type)
    {
        var (one, other) = (Binding(type), Binding(type, 1));
        using var credentials = Accounts.Of(Accounts.Ann);
        await using var server = await ServerAsync(library, mechanism, Accounts.Ann, other);
        await using var client = Peer(library, mechanism, Accounts.Ann, Accounts.Password, other);

        var atTheirs = await server.ServeAsync(Client(credentials, mechanism, one), Token);
        var atOurs = await client.AskAsync(Server(mechanism, one), Token);

        Assert.IsType<SaslClientStep.Failed>(atTheirs.Ours);
        Assert.StartsWith("fail", atTheirs.Theirs, StringComparison.Ordinal);
        Assert.Equal(SaslFailure.ChannelBindingMismatch, Assert.IsType<SaslServerStep.Failed>(atOurs.Ours).Reason);
    }

    [Theory, Trait("rfc", "5802#6")]
    [InlineData(Cyrus, ChannelBinding.TlsServerEndPoint)]
    [InlineData(Gnu, ChannelBinding.TlsExporter)]
    public async Task Client_ShownNoBoundName_AServerThatBindsNoticesIt(string library, string type)
    {
        using var credentials = Accounts.Of(Accounts.Ann);
        await using var server = await ServerAsync(library, SaslMechanisms.ScramSha256, Accounts.Ann, Binding(type));

        var outcome = await server.ServeAsync(Client(credentials, SaslMechanisms.ScramSha256, EndPoint), Token);

        Assert.IsType<SaslClientStep.Failed>(outcome.Ours);
        Assert.StartsWith("fail", outcome.Theirs, StringComparison.Ordinal);
    }

    // GNU prepares by SASLprep as RFC 5802 has it, and Cyrus not at all: each of ours meets one of them.
    [Theory, Trait("rfc", "4013#2.2"), Trait("rfc", "8265#4.2")]
    [InlineData(Gnu, SaslPreparation.SaslPrep, true)]
    [InlineData(Gnu, SaslPreparation.OpaqueString, false)]
    [InlineData(Cyrus, SaslPreparation.SaslPrep, false)]
    [InlineData(Cyrus, SaslPreparation.OpaqueString, true)]
    public async Task Both_PasswordThatNfkcChanges_OnlyByTheSamePreparation(string library, SaslPreparation preparation, bool same)
    {
        using var credentials = Accounts.Of(Accounts.Fin);
        await using var server = await ServerAsync(library, SaslMechanisms.ScramSha256, Accounts.Fin, null);
        await using var client = Peer(library, SaslMechanisms.ScramSha256, Accounts.Fin, Accounts.PasswordOf(Accounts.Fin), null);

        var atTheirs = await server.ServeAsync(Client(credentials, SaslMechanisms.ScramSha256, null, preparation), Token);
        var atOurs = await client.AskAsync(Server(SaslMechanisms.ScramSha256, null, preparation), Token);

        Assert.Equal((same, same), (atTheirs.Ours is SaslClientStep.Authenticated, atOurs.Ours is SaslServerStep.Succeeded));
    }

    [Theory, Trait("rfc", "5802#3")]
    [InlineData(SaslMechanisms.ScramSha256, ScramHash.Sha256, 4096)]
    [InlineData(SaslMechanisms.ScramSha256, ScramHash.Sha256, 15_000)]
    [InlineData(SaslMechanisms.ScramSha1, ScramHash.Sha1, 4096)]
    public async Task Credential_OfTheSameSalt_IsTheirs(string mechanism, ScramHash hash, int iterations)
    {
        Assert.SkipWhen(SaslPeer.WhyNoGnu is not null, SaslPeer.WhyNoGnu ?? "");
        Assert.True(ScramCredential.TryCreate(hash, Encoding.UTF8.GetBytes(Accounts.PasswordOf(Accounts.Uwe)), iterations, SaslPreparation.OpaqueString, out var credential));

        var made = (await Command.RunAsync("gsasl", ["--mkpasswd", "--mechanism", mechanism, "--password", Accounts.PasswordOf(Accounts.Uwe),
            "--iteration-count", iterations.ToString(CultureInfo.InvariantCulture), "--salt", Convert.ToBase64String(credential.Salt.Span)], cancellationToken: Token)).Check("gsasl").Output.Trim();

        // Theirs: {MECHANISM}count,salt,StoredKey,ServerKey; ours: MECHANISM$count:salt$StoredKey:ServerKey.
        Assert.Equal(made.Split('}', ',')[1..], credential.Format().Split('$', ':')[1..]);
    }

    // None for no type; one that differs for each fill.
    private static ChannelBinding? Binding(string type, byte fill = 0)
    {
        if (type.Length == 0)
            return null;
        var data = Enumerable.Repeat(fill, 32).ToArray();
        ChannelBinding? binding;
        if (type == ChannelBinding.TlsServerEndPoint)
            return fill == 0 && ChannelBinding.TryFromServerCertificate(ClientWorld.Certificate, out binding, out _) ? binding : new ChannelBinding(type, data);
        Assert.True(type == ChannelBinding.TlsUnique
            ? ChannelBinding.TryFromFirstFinished(SslProtocols.Tls12, TlsMasterSecret.Extended, data, out binding, out _)
            : ChannelBinding.TryFromExporter(new Exporter(fill), out binding, out _));
        return binding;
    }

    private static SaslClient Client(SaslCredentials credentials, string mechanism, ChannelBinding? binding, SaslPreparation preparation = SaslPreparation.OpaqueString)
    {
        var selection = new SaslClientSelector(new SaslClientOptions { Mechanisms = [mechanism], Preparation = preparation }).Select(credentials, [mechanism], new SaslClientChannel(SaslProtection.Verified, binding));
        return Assert.IsType<SaslSelection.Selected>(selection).Client;
    }

    private static SaslServer Server(string mechanism, ChannelBinding? binding, SaslPreparation preparation = SaslPreparation.OpaqueString)
    {
        Assert.True(AccountStore.Factory(preparation: preparation).TryCreate(mechanism, new SaslServerChannel(SaslProtection.Verified) { Bindings = binding is null ? [] : [binding] }, out var server));
        return server;
    }

    private static SaslPeer Peer(string library, string mechanism, string name, string password, ChannelBinding? binding)
    {
        Require(library);
        return library == Cyrus ? SaslPeer.CyrusClient(mechanism, name, password, binding) : SaslPeer.GnuClient(mechanism, name, password, binding);
    }

    private static void Require(string library)
    {
        ClientWorld.Require("python3");
        var reason = library == Cyrus ? SaslPeer.WhyNoCyrus : SaslPeer.WhyNoGnu;
        Assert.SkipWhen(reason is not null, reason ?? "");
    }

    private async Task<SaslPeer> ServerAsync(string library, string mechanism, string name, ChannelBinding? binding)
    {
        Require(library);
        if (library == Gnu)
            return SaslPeer.GnuServer(mechanism, name, Accounts.PasswordOf(name), binding);
        var database = Path.Combine(_folder, "sasldb2");
        await SaslPeer.AddAccountAsync(database, name);
        await File.WriteAllTextAsync(Path.Combine(_folder, "peer.conf"), $"pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {database}\n", Token);
        return SaslPeer.CyrusServer(mechanism, _folder, binding);
    }

    private sealed class Exporter(byte fill) : ITlsKeyExporter
    {
        public SslProtocols Protocol => SslProtocols.Tls13;

        public TlsMasterSecret MasterSecret => TlsMasterSecret.Extended;

        public bool TryExport(string label, ReadOnlySpan<byte> context, Span<byte> destination)
        {
            destination.Fill(fill);
            return true;
        }
    }
}
