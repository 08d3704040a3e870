using System.Diagnostics;
using Mail.Security.Fuzz.Targets;

namespace Mail.Security.Fuzz.Engine;

/// <summary>Something that went wrong for an input.</summary>
/// <param name="Input">The input, made small.</param>
/// <param name="Error">What was thrown.</param>
public sealed record Finding(byte[] Input, Exception Error)
{
    private const int MaxTries = 3000;

    /// <summary>Two findings with one key are taken for one: the exception, and where in the code under test it arose.</summary>
    public string Key { get; } = KeyOf(Error);

    /// <summary>Runs a target; null when all was well.</summary>
    public static Finding? Of(FuzzTarget target, byte[] input)
    {
        try
        {
            target.Try(input);
            return null;
        }
        catch (Exception error)
        {
            return new Finding(input, error);
        }
    }

    /// <summary>The same finding with as little input as can be found.</summary>
    public Finding Minimise(FuzzTarget target)
    {
        var (best, tries) = (this, 0);
        for (var size = Math.Max(1, Input.Length / 2); size > 0; size /= 2)
        {
            for (var at = 0; at < best.Input.Length && tries < MaxTries;)
            {
                tries++;
                byte[] less = [.. best.Input[..at], .. best.Input[Math.Min(best.Input.Length, at + size)..]];
                if (Of(target, less) is { } again && again.Key == Key)
                    best = again;
                else
                    at += size;
            }
        }
        return best;
    }

    // What a broken rule says may hold the input behind a colon.
    private static string KeyOf(Exception error)
    {
        var frame = new StackTrace(error).GetFrames().Select(one => one.GetMethod()).FirstOrDefault(method => method?.DeclaringType is { } type && type != typeof(Check) && type.Namespace?.StartsWith("Mail.Security", StringComparison.Ordinal) == true);
        var rule = error is BrokenRuleException ? error.Message.Split(':')[0] : "";
        return $"{error.GetType().Name} {frame?.DeclaringType?.Name}.{frame?.Name} {rule}".Trim();
    }
}
