namespace Mail.Security.Fuzz.Targets;

/// <summary>The code under test did what a target says it never does.</summary>
public sealed class BrokenRuleException(string rule) : Exception(rule);
