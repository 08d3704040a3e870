using Mail.Security.Hosting;
using Microsoft.Extensions.Configuration;

namespace Relay.Configuration;

/// <summary>Joins the places where settings are given; each one overrides those before it: appsettings.json beside the program, --config, the environment, the command line.</summary>
internal static class ConfigurationSources
{
    public const string EnvironmentPrefix = "RELAY_";

    private static string BesideProgram => Path.Combine(AppContext.BaseDirectory, "appsettings.json");

    /// <summary>The texts of all settings, the sections of routes, and the problems of the sources.</summary>
    public static SettingTexts Read(CommandLine line)
    {
        var texts = Settings.All.ToDictionary(setting => setting.Key, setting => setting.Default, StringComparer.OrdinalIgnoreCase);
        if (line.Problem is { } problem)
            return new(texts, [problem], Nothing);
        try
        {
            var builder = new ConfigurationBuilder().AddJsonFile(BesideProgram, optional: true);
            if (line.File is { } file)
                builder.AddJsonFile(Path.GetFullPath(file), optional: false);
            var joined = builder.AddEnvironmentVariables(EnvironmentPrefix).AddInMemoryCollection(line.Values).Build();
            var problems = new List<string>();
            // A section has no value of its own; what is inside it is looked at by itself.
            foreach (var (key, value) in joined.AsEnumerable().Where(static pair => !IsSection(pair.Key)).Where(pair => pair.Value is not null || !joined.GetSection(pair.Key).GetChildren().Any()).OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                if (texts.ContainsKey(key))
                    texts[key] = value?.Trim() ?? "";
                else
                    problems.Add(Unknown(key));
            }
            return new(texts, problems, joined);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return new(texts, [$"The configuration file cannot be read: {exception.InnerException?.Message ?? exception.Message}"], Nothing);
        }
    }

    /// <summary>The files, as something that tells when one of them changes. A file that cannot be read meanwhile is no change.</summary>
    public static IConfigurationRoot Watch(CommandLine line)
    {
        var builder = new ConfigurationBuilder().SetFileLoadExceptionHandler(static context => context.Ignore = true).AddJsonFile(BesideProgram, optional: true, reloadOnChange: true);
        if (line.File is { } file)
            builder.AddJsonFile(Path.GetFullPath(file), optional: true, reloadOnChange: true);
        return builder.Build();
    }

    private static IConfigurationRoot Nothing => new ConfigurationBuilder().Build();

    // What is in them is looked at by who knows them.
    private static bool IsSection(string key) => RouteConfiguration.Sections.Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase);

    private static string Unknown(string key)
    {
        var head = key.Split(':')[0];
        return Settings.All.FirstOrDefault(setting => string.Equals(setting.Key, head, StringComparison.OrdinalIgnoreCase)) is { } known
            ? $"{known.Key}: the value must be one text; write lists with commas."
            : $"{key}: there is no such setting; 'help' lists them.";
    }
}
