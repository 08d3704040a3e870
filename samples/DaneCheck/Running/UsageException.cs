namespace DaneCheck.Running;

/// <summary>The command line is wrong.</summary>
/// <param name="sentence">Why, for the error output.</param>
internal sealed class UsageException(string sentence) : Exception(sentence);
