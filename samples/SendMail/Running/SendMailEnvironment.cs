using System.Collections;

namespace SendMail.Running;

/// <summary>What surrounds the command.</summary>
internal sealed record SendMailEnvironment
{
    /// <summary>Where the message comes from.</summary>
    public required Stream Input { get; init; }

    /// <summary>For what was asked for: help and explanations.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>For what went wrong.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>The environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>The places where a configuration is looked for when nobody names one.</summary>
    public IReadOnlyList<string> ConfigurationFiles { get; init; } = [];

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static SendMailEnvironment OfThisProcess(Stream input) => new()
    {
        Input = input,
        Output = Console.Out,
        Error = Console.Error,
        Variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal),
        ConfigurationFiles =
        [
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "mail-security", "sendmail.json"),
            "/etc/mail-security/sendmail.json",
        ],
    };
}
