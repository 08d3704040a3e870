using System.Globalization;

namespace Mail.Security.Benchmarks.Soak;

/// <summary>What the server of a soak counts.</summary>
/// <param name="Accepted">Messages that were whole.</param>
/// <param name="Damaged">Messages that had another content than was sent.</param>
/// <param name="OpenSinks">Messages that are being received.</param>
/// <param name="Sessions">Sessions that are open, by the server's meter.</param>
/// <param name="Heap">The bytes of managed objects when they were last collected.</param>
/// <param name="Committed">The bytes the runtime holds for managed objects.</param>
internal sealed record SoakCounts(long Accepted, long Damaged, long OpenSinks, long Sessions, long Heap, long Committed)
{
    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{Accepted} {Damaged} {OpenSinks} {Sessions} {Heap} {Committed}");

    public static SoakCounts FromLine(string line)
    {
        var numbers = line.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
    }
}
