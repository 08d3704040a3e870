namespace SendMail.Configuration;

/// <summary>One setting: its key, the text that stands for it when it is not given, and what it means.</summary>
internal sealed record Setting(string Key, string Default, string Meaning);
