using System.Globalization;

namespace Mail.Security.Delivery;

/// <summary>How many messages may be attempted in a length of time.</summary>
/// <param name="Messages">The most in any such length of time; 1 to 100,000.</param>
/// <param name="Period">The length of time; longer than zero, at most a day.</param>
public readonly record struct MessageRate(int Messages, TimeSpan Period)
{
    internal bool IsValid => Messages is >= 1 and <= 100_000 && Period > TimeSpan.Zero && Period <= TimeSpan.FromDays(1);

    /// <summary>The rate in words.</summary>
    /// <returns>"100 in 01:00:00".</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Messages} in {Period}");
}
