using System.Net;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>Chooses which addresses of a host are dialed, and in which order.</summary>
/// <param name="options">The order and the number.</param>
/// <param name="vet">Says why an address is not dialed; null for dialing whatever there is.</param>
/// <param name="own">The addresses under which others know this host.</param>
internal sealed class AddressChooser(DeliveryOptions options, Func<IPAddress, AddressRefusal?>? vet, IReadOnlyCollection<IPAddress> own)
{
    /// <summary>The choice for one host, of all its addresses.</summary>
    public AddressChoice Choose(DomainName host, IReadOnlyList<IPAddress> addresses)
    {
        // RFC 5321 §5.1: names or addresses by which this host is known. What the operator says is certain.
        if (addresses.FirstOrDefault(own.Contains) is { } told)
            return AddressChoice.Loop(FailureTable.Of(PlanFault.MailLoop, host.ToString()), $"{told} is an address of this host");
        var judged = addresses.Select(address => (Address: address, Refusal: vet?.Invoke(address))).ToList();
        // What an interface says is not: it may be shared with the mail exchanger of its domain, or not be ours any more when the message is due again.
        if (judged.FirstOrDefault(static one => one.Refusal is { Reason: AddressRefusalReason.Own }).Refusal is { } mine)
            return AddressChoice.Loop(FailureTable.Of(PlanFault.OwnAddress, host.ToString()), mine.Detail);
        var note = string.Join("; ", judged.Select(static one => one.Refusal).OfType<AddressRefusal>().Select(static refusal => $"{refusal.Detail}, and is not dialed"));
        var left = options.AddressWalk.Sort([.. judged.Where(static one => one.Refusal is null).Select(static one => one.Address)]);
        if (left.Count > 0)
            return new AddressChoice([.. left.Take(options.MaxAddressesPerHost)], null, note, LoopEvidence.None);
        return new AddressChoice([], FailureTable.Of(judged.Any(static one => one.Refusal is null) ? PlanFault.AddressFamily : PlanFault.AddressNotAllowed, host.ToString()), note, LoopEvidence.None);
    }
}
