using System.Diagnostics;
using System.Reflection;

namespace Mail.Security.Benchmarks.Loopback.Servers;

/// <summary>Who is measured: ourselves, and every baseline that is on this machine.</summary>
internal static class Contenders
{
    public const string Ours = "ours";
    public const string Floor = "C floor";
    public const string SmtpSink = "smtp-sink";
    public const string Npm = "npm smtp-server";
    public const string Aiosmtpd = "aiosmtpd";
    public const string BareTls = "bare SslStream";

    public static IReadOnlyList<Contender> Find(LoopbackSettings settings)
    {
        var own = typeof(Contenders).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var found = new List<Contender>
        {
            new(Ours, $"{own.Split('+')[0]}, serve {settings.ServeArguments}".TrimEnd(), ServerProcess.Ourselves(["serve", "--port", "{port}", "--tls", .. settings.ServeArguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)])),
            new(BareTls, $".NET {Environment.Version}", ServerProcess.Ourselves("accept-tls", "--port", "{port}")),
        };
        if (settings.Floor is { } floor)
            found.Add(new(Floor, Ask("gcc", "--version"), [floor, "{port}"]));
        if (FindProgram("smtp-sink") is { } sink)
            found.Add(new(SmtpSink, $"Postfix {Ask("postconf", "-hd", "mail_version")}", [sink, .. Environment.IsPrivilegedProcess ? new[] { "-u", "root" } : [], "-m", "20000", "127.0.0.1:{port}", "4000"]));
        if (settings.NpmFolder is { } folder)
            found.Add(new(Npm, settings.NpmVersion, ["node", Baseline("npm-sink.js"), folder, "{port}"]));
        if (settings.Python is { } python)
            found.Add(new(Aiosmtpd, $"{Ask(python, "-c", "import aiosmtpd; print(aiosmtpd.__version__)")} on {Ask(python, "--version")}", [python, Baseline("aiosmtpd_sink.py"), "{port}"]));
        return found;
    }

    private static string Baseline(string file) => Path.Combine(RepositoryFiles.Root, "benchmarks", "baselines", file);

    /// <summary>Where a program is; null when it is not on this machine.</summary>
    public static string? FindProgram(string name) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin".Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static string Ask(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(FindProgram(program) ?? program, arguments) { RedirectStandardOutput = true });
            var line = process?.StandardOutput.ReadLine() ?? "";
            process?.WaitForExit();
            return line;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
