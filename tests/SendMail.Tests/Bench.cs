using System.Diagnostics;
using System.Text;
using SendMail.Running;

namespace SendMail.Tests;

/// <summary>A folder with everything the command needs, and the command itself: within this process, or as one of its own.</summary>
internal sealed class Bench : IDisposable
{
    public const string Message = "From: ann@client.test\nTo: bob@far.test\nSubject: hello\n\nHello.\n";

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "SendMail.exe" : "SendMail");

    private readonly string _folder = Directory.CreateTempSubdirectory("sendmail-").FullName;

    public Bench(int port)
    {
        File.WriteAllText(At("roots.pem"), SubmissionServer.RootPem);
        WriteSecret("password", SubmissionServer.Password + "\n");
        foreach (var (key, value) in new (string, string)[]
        {
            ("Server", SubmissionServer.Name), ("Addresses", "127.0.0.1"), ("Port", $"{port}"), ("ExtraRoots", At("roots.pem")), ("User", SubmissionServer.User),
            ("PasswordFile", At("password")), ("HostName", "host.client.test"), ("Domain", "client.test"), ("Sender", "ann@client.test"), ("Timeout", "30s"),
        })
            Settings[key] = value;
    }

    /// <summary>The settings, given by the environment.</summary>
    public Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal);

    /// <summary>The clock of the command.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    public string Queue => At("queue");

    /// <summary>The messages in the queue.</summary>
    public string[] Queued => Directory.Exists(Queue) ? Directory.GetFiles(Queue, "*.mail") : [];

    public string At(string name) => Path.Combine(_folder, name);

    public void WriteSecret(string name, string text)
    {
        File.WriteAllText(At(name), text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(At(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(Message, arguments);

    public Task<(int Code, string Output, string Error)> RunAsync(string message, string[] arguments) => RunAsync(new MemoryStream(Encoding.UTF8.GetBytes(message)), arguments);

    public async Task<(int Code, string Output, string Error)> RunAsync(Stream message, string[] arguments, CancellationToken stop = default)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, TestContext.Current.CancellationToken);
        var code = await SendMailCommand.RunAsync(arguments, new SendMailEnvironment { Input = message, Output = output, Error = error, Variables = Variables(), Time = Time }, both.Token);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Starts it as a process of its own.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Variables())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Dictionary<string, string> Variables() => Settings.ToDictionary(pair => "SENDMAIL_" + pair.Key, pair => pair.Value, StringComparer.Ordinal);
}
