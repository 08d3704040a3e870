using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Interop.Tests;

/// <summary>One listener of a Postfix instance: an address of its own, a host name, and the PEM file with key and chain (null: no TLS).</summary>
internal sealed record PostfixListener(string Address, string HostName, string? ChainFile)
{
    /// <summary>What this listener's smtpd has otherwise than the others, as "name=value" without spaces.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}

/// <summary>A Postfix of its own configuration, queue and log, delivering everything it takes to one maildir.</summary>
internal sealed class PostfixInstance : IAsyncDisposable
{
    private readonly string folder;

    private PostfixInstance(string folder) => this.folder = folder;

    public string Configuration => Path.Combine(folder, "config");

    private string LogFile => Path.Combine(folder, "maillog");

    /// <summary>Starts Postfix with these listeners on port 25, and <paramref name="extra"/> added to its main.cf.</summary>
    public static async Task<PostfixInstance> StartAsync(string folder, IReadOnlyList<PostfixListener> listeners, string extra = "")
    {
        var instance = new PostfixInstance(folder);
        foreach (var part in new[] { "config", "queue", "data", "mail/all" })
            Directory.CreateDirectory(Path.Combine(folder, part));
        await File.WriteAllTextAsync(Path.Combine(instance.Configuration, "main.cf"), instance.MainConfiguration(extra));
        await File.WriteAllTextAsync(Path.Combine(instance.Configuration, "master.cf"), MasterConfiguration(listeners));
        (await Command.RunAsync("chown", ["-R", "65534:65534", Path.Combine(folder, "mail")])).Check("chown");
        (await Command.RunAsync("chown", ["postfix", Path.Combine(folder, "data")])).Check("chown");
        // Seldom its logging daemon never comes up, and every process of it stops at the tenth line: then another try is made.
        for (var tries = 1; ; tries++)
        {
            (await Command.RunAsync("postfix", ["-c", instance.Configuration, "start"])).Check("postfix start");
            if (await instance.HasStartedAsync())
                return instance;
            instance.Kill();
            if (tries == 3)
                throw new InvalidOperationException($"Postfix writes no log: {instance.Log()}");
        }
    }

    private async Task<bool> HasStartedAsync()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (Log().Contains("daemon started", StringComparison.Ordinal))
                return true;
            await Task.Delay(100);
        }
        return false;
    }

    private void Kill()
    {
        using var master = Process.GetProcessById(int.Parse(File.ReadAllText(Path.Combine(folder, "queue/pid/master.pid")).Trim(), CultureInfo.InvariantCulture));
        master.Kill(entireProcessTree: true);
        master.WaitForExit(TimeSpan.FromSeconds(10));
        File.Delete(LogFile);
    }

    /// <summary>All messages in the maildir.</summary>
    public IEnumerable<string> Messages() =>
        Directory.Exists(Path.Combine(folder, "mail/all/new"))
            ? Directory.EnumerateFiles(Path.Combine(folder, "mail/all/new")).Select(File.ReadAllText).ToList()
            : [];

    /// <summary>Waits until the log holds all of these in one line, and returns the line; null when it did not in time.</summary>
    public async Task<string?> WaitForLogAsync(params string[] texts)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            if (Log().Split('\n').FirstOrDefault(line => texts.All(text => line.Contains(text, StringComparison.Ordinal))) is { } found)
                return found;
            await Task.Delay(100);
        }
        return null;
    }

    public string Log() => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    /// <summary>Waits until a message that holds the text has arrived, and returns it; null when none came in time.</summary>
    public async Task<string?> WaitForMessageAsync(string text)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            if (Messages().FirstOrDefault(message => message.Contains(text, StringComparison.Ordinal)) is { } found)
                return found;
            await Task.Delay(100);
        }
        return null;
    }

    public async ValueTask DisposeAsync() => await Command.RunAsync("postfix", ["-c", Configuration, "stop"]);

    private string MainConfiguration(string extra) => $"""
        compatibility_level = 3.6
        queue_directory = {folder}/queue
        data_directory = {folder}/data
        mail_owner = postfix
        setgid_group = postdrop
        myhostname = postfix.test
        mydestination =
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        maillog_file = {LogFile}
        maillog_file_prefixes = {folder}
        virtual_mailbox_domains = static:all
        virtual_mailbox_base = {folder}/mail
        virtual_mailbox_maps = static:all/
        virtual_uid_maps = static:65534
        virtual_gid_maps = static:65534
        virtual_minimum_uid = 1
        smtpd_tls_loglevel = 1
        smtp_tls_loglevel = 1
        smtpd_tls_received_header = yes
        smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
        smtpd_client_restrictions =
        mynetworks = 127.0.0.0/8
        alias_maps =
        alias_database =
        local_recipient_maps =
        {extra}

        """;

    private static string MasterConfiguration(IReadOnlyList<PostfixListener> listeners)
    {
        var text = new StringBuilder();
        foreach (var listener in listeners)
        {
            text.Append(CultureInfo.InvariantCulture, $"{listener.Address}:25 inet n - n - - smtpd\n  -o myhostname={listener.HostName}\n");
            text.Append(listener.ChainFile is null ? "  -o smtpd_tls_security_level=none\n" : $"  -o smtpd_tls_security_level=may\n  -o smtpd_tls_chain_files={listener.ChainFile}\n");
            foreach (var option in listener.Options)
                text.Append(CultureInfo.InvariantCulture, $"  -o {option}\n");
        }
        return text.Append("""
            postlog unix-dgram n - n - 1 postlogd
            pickup unix n - n 60 1 pickup
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            tlsmgr unix - - n 1000? 1 tlsmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            verify unix - - n - 1 verify
            error unix - - n - - error
            retry unix - - n - - error
            virtual unix - n n - - virtual
            smtp unix - - n - - smtp
            anvil unix - - n - 1 anvil
            scache unix - - n - 1 scache
            proxymap unix - - n - - proxymap
            flush unix n - n 1000? 0 flush

            """).ToString();
    }
}
