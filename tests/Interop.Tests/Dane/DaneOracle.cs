namespace Interop.Tests.Dane;

/// <summary>libssl as a judge: a small program around SSL_dane_enable, compiled where there is a compiler.</summary>
internal static class DaneOracle
{
    /// <summary>Compiles it into a folder; null with the reason when that cannot be.</summary>
    public static async Task<(string? Program, string Reason)> BuildAsync(string folder, CancellationToken cancellationToken)
    {
        if (Command.Find("gcc") is null)
            return (null, "gcc is not installed");
        if (!File.Exists("/usr/include/openssl/ssl.h"))
            return (null, "the headers of OpenSSL (libssl-dev) are not installed");
        var program = Path.Combine(folder, "dane_oracle");
        (await Command.RunAsync("gcc", ["-Wall", "-Werror", "-O1", "-o", program, Path.Combine(AppContext.BaseDirectory, "Peers", "dane_oracle.c"), "-lssl", "-lcrypto"], cancellationToken: cancellationToken)).Check("gcc");
        return (program, "");
    }

    /// <summary>Asks about every line; the answers are by their numbers: OK, UNUSABLE or FAIL with the reason.</summary>
    public static async Task<IReadOnlyDictionary<int, string>> AskAsync(string program, IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        var result = await Command.RunAsync(program, [], input: string.Concat(lines.Select(static line => line + "\n")), cancellationToken: cancellationToken);
        return result.Check("dane_oracle").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ', 2))
            .ToDictionary(static parts => int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), static parts => parts[1]);
    }
}
