using System.Globalization;

namespace Mail.Security.Queue;

/// <summary>Names one message of a queue store; never given twice by the same store.</summary>
/// <param name="Value">The number; positive for a stored message, 0 for none.</param>
public readonly record struct QueueMessageId(long Value)
{
    /// <summary>The number in decimal digits.</summary>
    /// <returns>Text such as "42".</returns>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
