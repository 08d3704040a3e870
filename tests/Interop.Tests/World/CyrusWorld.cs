using System.Globalization;
using System.Net;

namespace Interop.Tests;

/// <summary>
/// Postfix as a submission server whose logins are those of Cyrus SASL, over a database of passwords made by saslpasswd2. Postfix tells Cyrus of no channel: no -PLUS name is
/// offered (<see cref="SaslPeer"/> is Cyrus with one). Nor does it announce REQUIRETLS.
/// </summary>
public sealed class CyrusWorld : IAsyncLifetime
{
    private static readonly string? WhyNot = ClientWorld.WhyNoServer("postfix", "saslpasswd2") ?? SaslPeer.WhyNoCyrus;

    private readonly ClientWorld _files = new();

    /// <summary>STARTTLS, and implicit TLS.</summary>
    internal static (IPEndPoint StartTls, IPEndPoint Implicit) Submission { get; } = (IPEndPoint.Parse("127.0.28.1:25"), IPEndPoint.Parse("127.0.28.2:25"));

    /// <summary>STARTTLS, and no SMTPUTF8.</summary>
    internal static IPEndPoint OnlyAscii { get; } = IPEndPoint.Parse("127.0.28.3:25");

    internal PostfixInstance Postfix { get; private set; } = null!;

    internal static void Require() => Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");

    internal string RootFile => _files.RootFile;

    /// <summary>A new folder.</summary>
    internal string Folder() => _files.Folder(Guid.NewGuid().ToString("N"));

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (WhyNot is not null)
            return;
        var folder = _files.Folder("postfix");
        // Debian's Postfix looks into this folder of its configuration and passes over cyrus_sasl_config_path; others do as that says.
        var sasl = Directory.CreateDirectory(Path.Combine(folder, "config", "sasl")).FullName;
        var database = Path.Combine(sasl, "sasldb2");
        await File.WriteAllTextAsync(Path.Combine(sasl, "smtpd.conf"),
            $"pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {database}\nmech_list: SCRAM-SHA-512-PLUS SCRAM-SHA-256-PLUS SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN\n");
        foreach (var name in new[] { Accounts.Ann, Accounts.Uwe, Accounts.Odd })
            await SaslPeer.AddAccountAsync(database, name);
        (await Command.RunAsync("chgrp", ["postfix", database])).Check("chgrp");
        (await Command.RunAsync("chmod", ["640", database])).Check("chmod");
        var chain = Path.Combine(folder, "config", "server.pem");
        await File.WriteAllTextAsync(chain, ClientWorld.CertificatePem);

        PostfixListener Listener(IPEndPoint address, params string[] more) =>
            new(address.Address.ToString(), ClientWorld.Host, chain) { Options = ["smtpd_sasl_auth_enable=yes", "smtpd_tls_auth_only=yes", .. more] };
        Postfix = await PostfixInstance.StartAsync(folder,
            [Listener(Submission.StartTls), Listener(Submission.Implicit, "smtpd_tls_wrappermode=yes"), Listener(OnlyAscii, "smtputf8_enable=no")],
            string.Create(CultureInfo.InvariantCulture, $$"""
            smtpd_sasl_path = smtpd
            cyrus_sasl_config_path = {{sasl}}
            smtpd_sasl_local_domain = client.test
            smtpd_sasl_authenticated_header = yes
            smtpd_relay_restrictions = permit_sasl_authenticated, reject
            smtpd_recipient_restrictions = check_recipient_access inline:{ { gone@far.test = 550 5.1.1 no such mailbox } { later@far.test = 451 4.2.1 come again } }, permit_sasl_authenticated, reject
            smtpd_error_sleep_time = 0
            smtpd_delay_reject = yes
            """));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Postfix is not null)
            await Postfix.DisposeAsync();
        _files.Dispose();
    }
}

/// <summary>The tests at this server share it.</summary>
[CollectionDefinition(nameof(CyrusWorld))]
public sealed class CyrusWorldDefinition : ICollectionFixture<CyrusWorld>;
