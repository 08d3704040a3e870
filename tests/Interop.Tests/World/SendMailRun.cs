using System.Diagnostics;
using System.Net;

namespace Interop.Tests;

/// <summary>The sample SendMail as a user runs it: a process with its settings in the environment and its message on the standard input.</summary>
internal sealed class SendMailRun
{
    private readonly string _folder;

    /// <summary>A user's own folder, and settings for this server.</summary>
    public SendMailRun(string folder, string rootFile, IPEndPoint server)
    {
        _folder = folder;
        Settings = new(StringComparer.Ordinal)
        {
            ["Server"] = ClientWorld.Host, ["ExtraRoots"] = rootFile, ["User"] = Accounts.Ann, ["PasswordFile"] = Path.Combine(folder, "password"), ["HostName"] = "host.client.test",
            ["Domain"] = "client.test", ["Sender"] = Accounts.Ann, ["Timeout"] = "30s",
        };
        Aim(server);
        Password = Accounts.Password;
    }

    public Dictionary<string, string> Settings { get; }

    public string Password
    {
        set
        {
            File.WriteAllText(Path.Combine(_folder, "password"), value + "\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(Path.Combine(_folder, "password"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    /// <summary>How many messages wait.</summary>
    public int Queued => Directory.Exists(Queue) ? Directory.GetFiles(Queue, "*.mail").Length : 0;

    private string Queue => Path.Combine(_folder, "queue");

    /// <summary>From now on there is a queue.</summary>
    public void KeepAQueue() => Settings["Queue"] = Queue;

    /// <summary>From now on the server is here.</summary>
    public void Aim(IPEndPoint server) => (Settings["Addresses"], Settings["Port"]) = (server.Address.ToString(), server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public async Task<(int Code, string Output, string Error)> RunAsync(string message, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "SendMail"), arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardInputEncoding = new System.Text.UTF8Encoding(false),
        };
        foreach (var (name, value) in Settings)
            start.Environment["SENDMAIL_" + name] = value;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.StandardInput.WriteAsync(message.AsMemory(), limit.Token);
        process.StandardInput.Close();
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await error);
    }
}
