using System.Text.Json;
using SendMail.Arguments;
using SendMail.Running;

namespace SendMail.Configuration;

/// <summary>Joins the places where settings are given; each one overrides those before it: the file, the environment, the command line.</summary>
internal static class SettingSources
{
    public const string Prefix = "SENDMAIL_";

    // The place of the file itself; all others are settings.
    public const string FileVariable = "SENDMAIL_CONFIG";

    /// <summary>The texts of all settings.</summary>
    /// <exception cref="CommandException">With <see cref="ExitCode.Configuration"/>: the file cannot be read, or has what is no setting.</exception>
    public static IReadOnlyDictionary<string, string> Read(SendArguments arguments, SendMailEnvironment environment)
    {
        var texts = Settings.All.ToDictionary(setting => setting.Key, setting => setting.Default, StringComparer.OrdinalIgnoreCase);
        if (FileOf(arguments, environment) is { } file)
            ReadFile(file, texts);
        foreach (var setting in Settings.All)
        {
            if (environment.Variables.TryGetValue(Prefix + setting.Key, out var value) || environment.Variables.TryGetValue(Prefix + setting.Key.ToUpperInvariant(), out value))
                texts[setting.Key] = value.Trim();
        }
        foreach (var (key, value) in arguments.Settings)
            texts[key] = value;
        return texts;
    }

    private static string? FileOf(SendArguments arguments, SendMailEnvironment environment) =>
        arguments.ConfigurationFile
        ?? (environment.Variables.TryGetValue(FileVariable, out var named) && named.Length > 0 ? named : environment.ConfigurationFiles.FirstOrDefault(File.Exists));

    private static void ReadFile(string file, Dictionary<string, string> texts)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Wrong($"{file}: it is not a JSON object");
            foreach (var member in document.RootElement.EnumerateObject())
                texts[texts.ContainsKey(member.Name) ? member.Name : throw Wrong($"{file}: there is no setting '{member.Name}'; --help lists them")] = Text(file, member);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            throw Wrong($"{file}: {exception.Message.TrimEnd('.')}");
        }
    }

    private static string Text(string file, JsonProperty member) => member.Value.ValueKind switch
    {
        JsonValueKind.String => member.Value.GetString()!.Trim(),
        JsonValueKind.Number => member.Value.GetRawText(),
        _ => throw Wrong($"{file}: {member.Name} must be one text or number; write lists with commas"),
    };

    private static CommandException Wrong(string sentence) => new(ExitCode.Configuration, $"{sentence}.");
}
