using System.Net;

namespace Mail.Security.Transports;

/// <summary>How <see cref="AddressWalk"/> goes through addresses. Values out of their range are refused where they are used.</summary>
public sealed record AddressWalkOptions
{
    /// <summary>The least delay between attempts that overlap (RFC 8305 §5).</summary>
    public static readonly TimeSpan LeastDelay = TimeSpan.FromMilliseconds(10);

    /// <summary>The greatest delay between attempts that overlap (RFC 8305 §5).</summary>
    public static readonly TimeSpan GreatestDelay = TimeSpan.FromSeconds(2);

    /// <summary>The defaults.</summary>
    public static AddressWalkOptions Default { get; } = new();

    /// <summary>The order of the addresses. Default <see cref="AddressOrder.Race"/>.</summary>
    public AddressOrder Order { get; init; }

    /// <summary>
    /// How long an attempt of a race is alone before the next begins beside it: the Connection Attempt Delay of RFC 8305 §5. Default 250 ms;
    /// <see cref="LeastDelay"/> to <see cref="GreatestDelay"/>. An attempt that fails is followed at once.
    /// </summary>
    public TimeSpan AttemptDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many addresses of the first family a race takes before it comes to the other: the First Address Family Count of RFC 8305 §4. Default 1; at least 1.</summary>
    public int FirstFamilyCount { get; init; } = 1;

    /// <summary>The addresses that will be dialed, in the order in which attempts begin.</summary>
    /// <param name="addresses">The addresses by falling preference, as the name service gave them (RFC 5321 §5.1).</param>
    /// <returns>The same in order; without those of a family that is ruled out.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public IReadOnlyList<IPAddress> Sort(IReadOnlyList<IPAddress> addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        Validate();
        return AddressSorter.Sort(addresses, Order, FirstFamilyCount);
    }

    private void Validate()
    {
        if (!Enum.IsDefined(Order))
            throw new ArgumentException("The order is not one of those named.", nameof(Order));
        if (AttemptDelay < LeastDelay || AttemptDelay > GreatestDelay)
            throw new ArgumentException("The delay between attempts must be 10 milliseconds to 2 seconds.", nameof(AttemptDelay));
        if (FirstFamilyCount < 1)
            throw new ArgumentException("The first family has at least one address.", nameof(FirstFamilyCount));
    }
}
