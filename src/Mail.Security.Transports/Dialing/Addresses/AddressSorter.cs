using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Transports;

/// <summary>Puts addresses in the order in which they are dialed; those of one family keep theirs.</summary>
internal static class AddressSorter
{
    public static IReadOnlyList<IPAddress> Sort(IReadOnlyList<IPAddress> addresses, AddressOrder order, int firstCount)
    {
        var four = addresses.Where(static address => address.AddressFamily == AddressFamily.InterNetwork);
        var six = addresses.Where(static address => address.AddressFamily == AddressFamily.InterNetworkV6);
        return order switch
        {
            AddressOrder.OnlyIPv4 => [.. four],
            AddressOrder.OnlyIPv6 => [.. six],
            AddressOrder.PreferIPv4 => [.. four, .. six],
            AddressOrder.PreferIPv6 => [.. six, .. four],
            _ => addresses is [{ AddressFamily: AddressFamily.InterNetwork }, ..] ? Interleave([.. four], [.. six], firstCount) : Interleave([.. six], [.. four], firstCount),
        };
    }

    // RFC 8305 §4
    private static List<IPAddress> Interleave(IPAddress[] first, IPAddress[] second, int firstCount)
    {
        var lead = Math.Min(firstCount, first.Length) - 1;      // these come alone; from the last of them on the families take turns
        List<IPAddress> sorted = [.. first.Take(Math.Max(lead, 0))];
        var rest = first.Skip(Math.Max(lead, 0)).ToArray();
        for (var at = 0; at < Math.Max(rest.Length, second.Length); at++)
        {
            sorted.AddRange(rest.Skip(at).Take(1));
            sorted.AddRange(second.Skip(at).Take(1));
        }
        return sorted;
    }
}
