namespace Interop.Tests;

/// <summary>
/// Exim, which cannot be installed beside Postfix: its package is unpacked into a folder, and it runs there with an account of its own in
/// a mount namespace of its own.
/// </summary>
public sealed class EximClientWorld : IAsyncLifetime
{
    private const string Account = "Debian-exim:x:64990:";

    private readonly ClientWorld _files = new();
    private RecordingServer? _server;
    private string _folder = "";
    private string? _whyNot;

    internal RecordingServer Server => _server!;

    internal void Require() => Assert.SkipWhen(_whyNot is not null, _whyNot ?? "");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Environment.UserName != "root")
            _whyNot = "Exim needs root: it gives up its rights to an account of its own";
        else if (new[] { "apt-get", "dpkg", "unshare" }.Where(name => Command.Find(name) is null).ToList() is { Count: > 0 } missing)
            _whyNot = "not installed: " + string.Join(", ", missing);
        else
            _whyNot = await UnpackAsync();
        if (_whyNot is null)
            _server = await RecordingServer.StartAsync();
    }

    /// <summary>Gives Exim a letter on its standard input and lets it deliver at once; the log of the delivery comes back.</summary>
    internal async Task<string> SendAsync(string way, string mail, string recipient, Letter letter)
    {
        var run = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        var configuration = Path.Combine(run, "exim.conf");
        await File.WriteAllTextAsync(configuration, Configuration(run, way), TestContext.Current.CancellationToken);
        var script = await _files.FileAsync(RawClient.Script(mail, [recipient], letter));
        var result = await Command.RunAsync("unshare",
            ["-m", "sh", "-c", """
                chown 64990:64990 "$1" && mount --bind "$2/passwd" /etc/passwd && mount --bind "$2/group" /etc/group \
                  && exec "$2/usr/sbin/exim4" -C "$1/exim.conf" -odi -bs < "$3"
                """, "sh", run, _folder, script], cancellationToken: TestContext.Current.CancellationToken);
        var log = Path.Combine(run, "mainlog");
        return $"{result.Output}\n{(File.Exists(log) ? await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken) : "no log")}";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _files.Dispose();
    }

    // Null when it can run.
    private async Task<string?> UnpackAsync()
    {
        _folder = _files.Folder("exim");
        var download = await Command.RunAsync("apt-get", ["-qq", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10", "download", "exim4-daemon-light"], _folder);
        if (download.Code != 0)
            return $"the package of Exim cannot be had: {download.Output.Trim()}";
        var package = Directory.EnumerateFiles(_folder, "*.deb").Single();
        (await Command.RunAsync("dpkg", ["-x", package, _folder])).Check("dpkg");
        File.Delete(package);
        foreach (var (name, entry) in new[] { ("passwd", $"{Account}64990::{_folder}:/bin/false"), ("group", Account) })
            await File.WriteAllTextAsync(Path.Combine(_folder, name), $"{await File.ReadAllTextAsync($"/etc/{name}")}{entry}\n");
        var works = await Command.RunAsync("unshare", ["-m", "sh", "-c", """mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group && exec "$1/usr/sbin/exim4" -C /dev/null -bV""", "sh", _folder]);
        return works.Code == 0 ? null : $"Exim does not run here: {works.Output.Trim()}";
    }

    private string Configuration(string run, string way) => $"""
        exim_path = {_folder}/usr/sbin/exim4
        spool_directory = {run}
        log_file_path = {run}/%slog
        primary_hostname = exim.test
        keep_environment =
        tls_advertise_hosts =
        dsn_advertise_hosts = *
        smtputf8_advertise_hosts = *
        message_size_limit = 20M
        acl_smtp_rcpt = accept
        acl_smtp_data = accept
        untrusted_set_sender = *
        local_from_check = false
        begin routers
        all:
          driver = manualroute
          route_list = * 127.0.0.1
          self = send
          transport = out
        begin transports
        out:
          driver = smtp
          port = {Server.Port}
          message_linelength_limit = 1000000
          hosts_try_dane =
          hosts_try_chunking = {(way == "BDAT" ? "*" : "")}
          tls_verify_certificates = {_files.RootFile}
          {(way == "TLS" ? "hosts_require_tls = *\n  tls_verify_hosts = *\n  tls_verify_cert_hostnames =\n  tls_sni = mx.test" : "hosts_avoid_tls = *")}

        """;
}
